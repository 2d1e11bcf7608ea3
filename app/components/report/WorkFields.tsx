import { useTranslation } from "react-i18next";
import { TextField } from "~/components/citizen/Fields";
import { Notice } from "~/components/citizen/Notice";
import type { WorkVerdict } from "~server/intake/judge-work.server";
import type { WorkAsked } from "~server/intake/make-work.server";

export type AskedAgain = Omit<Extract<WorkVerdict, { kind: "ask" }>, "kind" | "work">;

/**
 * What keeps programs from flooding the office. A script solves `challenge` while the answers are read over
 * (public/enhance.js); without one, and where it was not done in time, there is a small sum.
 */
export function WorkFields({ work, asked }: { work: WorkAsked; asked: AskedAgain | null }) {
  return (
    <>
      <input
        type="hidden"
        name="challenge"
        value={work.challenge}
        data-work="/work.js"
        data-solution="solution"
      />
      <input type="hidden" name="solution" id="solution" value="" autoComplete="off" />
      <input type="hidden" name="question" value={work.question} />
      {asked === null ? (
        <noscript>
          <SmallSum work={work} asked={null} />
        </noscript>
      ) : (
        <SmallSum work={work} asked={asked} />
      )}
    </>
  );
}

function SmallSum({ work, asked }: { work: WorkAsked; asked: AskedAgain | null }) {
  const { t } = useTranslation();
  const words = (n: number) => t(`report.work.numbers.n${n as 1 | 2 | 3 | 4 | 5}`);
  return (
    <Notice title={t("report.work.title")}>
      <TextField
        name="answer"
        label={t("report.work.question", { a: words(work.a), b: words(work.b) })}
        hint={t("report.work.hint")}
        error={useWorkError(asked)}
        value={asked?.answer ?? ""}
        wide={false}
        autoComplete="off"
        inputMode="text"
        autoFocus={asked?.why === "unsolved" || undefined}
      />
    </Notice>
  );
}

/** What is wrong with the answer, in words; undefined where nothing is. */
export function useWorkError(asked: AskedAgain | null): string | undefined {
  const { t } = useTranslation();
  if (asked === null || asked.why === "unsolved") return undefined;
  return t(`report.work.errors.${asked.why}`, { count: asked.wait });
}
