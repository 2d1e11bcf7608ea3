import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { Letters } from "~/components/staff/handling/Letters";
import { Measures } from "~/components/staff/handling/Measures";
import { Preservations } from "~/components/staff/handling/Preservations";
import { Notice } from "~/components/staff/Notice";
import { pageTitle } from "~/components/staff/page-title";
import { Pager } from "~/components/staff/Pager";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/lead.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { actOnHandling } from "~server/handling/act-on-handling.server";
import { ENTRIES_A_PAGE, readHandling } from "~server/handling/read-handling.server";
import { readForm } from "~server/intake/read-form.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const pageNumber = z.coerce.number().int().min(1).max(100_000).catch(1);
const query = z.object({
  done: z.enum(["measure", "issued", "recorded", "preserved"]).nullable().catch(null),
  measures: pageNumber,
  letters: pageNumber,
  preservations: pageNumber,
});
const REGISTERS = ["measures", "letters", "preservations"] as const;

export const meta = () => pageTitle(staffZh.handling.title);

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { done, ...pages } = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const asked = { leadId: params.leadId ?? "", pages };
  const page = await answerRefusals(readHandling(context.portal, asked, actorOf(context)));
  const count = (register: (typeof REGISTERS)[number]) => Math.ceil(page[register].count / ENTRIES_A_PAGE);
  return {
    ...{ done, pages, page },
    of: { measures: count("measures"), letters: count("letters"), preservations: count("preservations") },
  };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const form = await readForm(request);
  const outcome = await answerRefusals(
    actOnHandling(context.portal, { leadId: params.leadId ?? "", form }, actorOf(context)),
  );
  if (outcome.ok) throw redirect(outcome.to);
  return data(outcome.failed, { status: outcome.status });
}

/** A refusal too reloads the page: what it shows must be of now. */
export const shouldRevalidate = () => true;

export default function HandlingPage() {
  const { page, done, pages, of } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const parts = { measures: Measures, letters: Letters, preservations: Preservations };
  return (
    <>
      <p className={styles.back}>
        <Link to={paths.staff.lead(page.lead.id)}>
          {t("lead.number", { number: page.lead.number })} · {page.lead.name}
        </Link>
      </p>
      <h1>{t("handling.title")}</h1>
      <p className={controls.muted}>{t("handling.lead")}</p>
      {failed === null && done !== null && <Notice>{t(`handling.done.${done}`)}</Notice>}
      {!page.mayRecord && !page.mayForward && <p className={controls.muted}>{t("handling.readOnly")}</p>}
      <section className={controls.card} aria-labelledby="missing-title">
        <h2 id="missing-title">{t("handling.checklist")}</h2>
        {page.missing.length === 0 ? (
          <p>{t("handling.checklistNone")}</p>
        ) : (
          <>
            <ul>
              {page.missing.map((one) => (
                <li key={one}>{t(`handling.missing.${one}`)}</li>
              ))}
            </ul>
            <p className={controls.muted}>{t("handling.checklistHint")}</p>
          </>
        )}
      </section>
      {REGISTERS.map((register) => {
        const Part = parts[register];
        return (
          <section
            key={register}
            id={register}
            className={controls.card}
            aria-labelledby={`${register}-title`}
          >
            <h2 id={`${register}-title`}>{t(`handling.${register}Title`)}</h2>
            <Part page={page} failed={failed} />
            <Pager
              page={pages[register]}
              pages={of[register]}
              href={(to) => `${paths.staff.handling(page.lead.id)}?${register}=${to}#${register}`}
            />
          </section>
        );
      })}
    </>
  );
}
