import { useRouteLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { Notice } from "~/components/citizen/Notice";
import prose from "~/components/citizen/Prose.module.css";
import type { CitizenHandle } from "~/components/PageTitle";
import type { loader } from "~/root";

export const handle: CitizenHandle = { title: (t) => t("information.privacy.title") };

const LISTS = {
  who: ["plain", "official", "content", "messages", "identity", "contact", "draft", "inside", "files"],
  never: ["ip", "counted", "agent", "third", "time", "wal"],
  receipt: ["body", "seen", "ends"],
  stolen: ["all", "not", "live", "wary"],
  cookies: ["draft", "lang", "elder", "none"],
  exit: ["body"],
  tor: ["body"],
} as const;

/** Says what secrecy.md promises and what it does not, in plain words. */
export default function Privacy() {
  const { t } = useTranslation();
  const demo = useRouteLoaderData<typeof loader>("root")?.demo ?? false;
  return (
    <div className={prose.prose}>
      <h1>{t("information.privacy.title")}</h1>
      <p>{t("information.privacy.lead")}</p>
      {demo ? (
        <Notice kind="warning">
          <p>{t("information.privacy.demo")}</p>
        </Notice>
      ) : null}
      <Part name="who" />
      <Part name="never" />
      <Part name="receipt" />
      <Part name="stolen" />
      <Part name="cookies" />
      <Part name="exit" />
      <Part name="tor" />
    </div>
  );
}

/** One part: a list, or a paragraph where there is one thing to say. */
function Part<P extends keyof typeof LISTS>({ name }: { name: P }) {
  const { t } = useTranslation();
  const say = (point: (typeof LISTS)[P][number]) =>
    t(`information.privacy.${name}.${point}` as "information.privacy.tor.body");
  const points: readonly (typeof LISTS)[P][number][] = LISTS[name];
  const [only, ...more] = points;
  return (
    <>
      <h2 id={name}>{t(`information.privacy.${name}.title`)}</h2>
      {more.length === 0 && only !== undefined ? (
        <p>{say(only)}</p>
      ) : (
        <ul>
          {points.map((point) => (
            <li key={point}>{say(point)}</li>
          ))}
        </ul>
      )}
    </>
  );
}
