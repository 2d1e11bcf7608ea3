import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { Notice } from "~/components/staff/Notice";
import { Pager } from "~/components/staff/Pager";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { TipCard } from "~/components/staff/TipCard";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/spam.module.css";
import { judgeSpamSchema } from "~/forms/judge-spam";
import { parseForm } from "~/forms/parse-form";
import { formatDay } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { DomainError } from "~server/errors.server";
import { readForm } from "~server/intake/read-form.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { judgeSpam } from "~server/triage/judge-spam.server";
import { SPAM_A_PAGE, listSpam } from "~server/triage/list-spam.server";
import { nameTips } from "~server/triage/name-tips.server";
import { presentTip } from "~server/triage/present-lead.server";

const query = z.object({
  state: z.enum(["suspected", "confirmed"]).catch("suspected"),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
  done: z.literal("spam").nullable().catch(null),
});

export const meta = () => pageTitle(staffZh.spam.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, packs, clock } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const found = await answerRefusals(
    listSpam(db, { state: asked.state, page: asked.page, at: clock.now() }, actor),
  );
  return {
    asked,
    count: found.count,
    pages: Math.ceil(found.count / SPAM_A_PAGE),
    tips: found.tips.map((tip) => ({ ...presentTip(packs.of(tip.packId).pack, tip), why: tip.why })),
  };
}

/** Each report is judged by itself: one that somebody else was faster with stops none of the others. */
export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { portal } = context;
  const parsed = parseForm(judgeSpamSchema, await readForm(request));
  if (!parsed.ok) return data({ errors: parsed.errors, results: [] }, { status: 400 });
  const { verdict, tipIds } = parsed.value;
  const names = await answerRefusals(nameTips(portal.db, { tipIds }, actor));
  const results: Result[] = [];
  for (const tipId of tipIds) {
    const done = await judgeSpam(portal, { tipId, verdict, at: portal.clock.now() }, actor).then(
      ({ lead }) => ({ lead, refusal: null }),
      (error: unknown) => {
        if (!(error instanceof DomainError)) throw error;
        return { lead: null, refusal: error.publicMessage };
      },
    );
    results.push({ tipId, name: names.get(tipId) ?? "", ...done });
  }
  const refused = results.filter(({ refusal }) => refusal !== null).length;
  if (verdict === "spam" && tipIds.length === 1 && refused === 0) {
    throw redirect(`${paths.staff.spam()}?done=spam`);
  }
  return data({ errors: {}, results }, { status: refused === results.length ? 409 : 200 });
}

/** A refusal too reloads the page: what it shows must be of now. */
export const shouldRevalidate = () => true;

export default function SpamQueue() {
  const { asked, count, pages, tips } = useLoaderData<typeof loader>();
  const answered = useActionData<typeof action>();
  const { t } = useTranslation("staff");
  const waiting = asked.state === "suspected";
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("spam.title")}</h1>
        <p className={controls.muted}>{t(`spam.count.${asked.state}`, { count })}</p>
      </div>
      <p className={controls.muted}>{t("spam.lead")}</p>
      <p>
        <Link to={waiting ? `${paths.staff.spam()}?state=confirmed` : paths.staff.spam()}>
          {t(waiting ? "spam.showConfirmed" : "spam.showSuspected")}
        </Link>
      </p>
      {answered && <ErrorSummary form="spam" state={{ values: {}, errors: answered.errors }} />}
      {answered && answered.results.length > 0 && <Results results={answered.results} />}
      {!answered && asked.done !== null && <Notice>{t("spam.judgedSpam")}</Notice>}
      {tips.length === 0 ? (
        <p className={controls.empty}>{t(`spam.empty.${asked.state}`)}</p>
      ) : (
        <Form method="post" key={tips.map(({ id }) => id).join()}>
          <fieldset className={controls.fieldset} id="spam-tipId" tabIndex={-1}>
            <legend className="visually-hidden">{t("spam.list")}</legend>
            {tips.map((tip) => (
              <div key={tip.id} className={styles.row}>
                <input
                  type="checkbox"
                  className={styles.tick}
                  name="tipId"
                  value={tip.id}
                  aria-label={t("spam.tick", { name: tip.subjectName || t("lead.notKnown"), rank: tip.rank })}
                />
                <TipCard
                  tip={tip}
                  open={false}
                  heading={tip.subjectName || t("spam.unnamed", { day: formatDay(tip.arrivedOn) })}
                >
                  {tip.why !== null && <p className={controls.muted}>{t(`spam.why.${tip.why}`)}</p>}
                  <div className={controls.buttons}>
                    <SubmitButton kind="plain" name="judge" value={`report:${tip.id}`}>
                      {t("spam.report")}
                    </SubmitButton>
                    {waiting && (
                      <SubmitButton kind="danger" name="judge" value={`spam:${tip.id}`}>
                        {t("spam.spam")}
                      </SubmitButton>
                    )}
                  </div>
                </TipCard>
              </div>
            ))}
          </fieldset>
          <div className={`${controls.buttons} ${styles.bulk}`} role="group" aria-label={t("spam.ticked")}>
            <span>{t("spam.ticked")}</span>
            <SubmitButton kind="plain" name="judge" value="report">
              {t("spam.reportTicked")}
            </SubmitButton>
            {waiting && (
              <SubmitButton kind="danger" name="judge" value="spam">
                {t("spam.spamTicked")}
              </SubmitButton>
            )}
          </div>
        </Form>
      )}
      <Pager
        page={asked.page}
        pages={pages}
        href={(page) => `${paths.staff.spam()}?state=${asked.state}&page=${page}`}
      />
    </>
  );
}

type Result = {
  readonly tipId: string;
  readonly name: string;
  readonly lead: { readonly id: string; readonly number: number } | null;
  readonly refusal: string | null;
};

/** What became of each, in the order they stood on the page. */
function Results({ results }: { results: readonly Result[] }) {
  const { t } = useTranslation("staff");
  return (
    <div className={controls.notice} role="status">
      <p>{t("spam.results", { count: results.length })}</p>
      <ol className={styles.results}>
        {results.map(({ tipId, name, lead, refusal }) => (
          <li key={tipId}>
            {t("spam.of", { name: name || t("lead.notKnown") })}
            {refusal ?? (lead === null ? t("spam.judgedSpam") : null)}
            {lead !== null && (
              <>
                {t("spam.placed")}{" "}
                <Link to={paths.staff.lead(lead.id)}>{t("lead.number", { number: lead.number })}</Link>
              </>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}
