import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { AssessableTable } from "~/components/staff/finance/AssessableTable";
import { AssessForm, ASSESS_FORM } from "~/components/staff/finance/AssessForm";
import { FindingFacts } from "~/components/staff/finance/FindingFacts";
import finance from "~/components/staff/finance/finance.module.css";
import { Versions } from "~/components/staff/finance/Versions";
import { Pager } from "~/components/staff/Pager";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { POOL_STAGES } from "~/forms/assessment";
import { formatFen } from "~/forms/money";
import { queryText } from "~/forms/query-text";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaYear } from "~server/clock";
import { DomainError } from "~server/errors.server";
import { readForm } from "~server/intake/read-form.server";
import { readBalances } from "~server/ledger/read-balances.server";
import type { Portal } from "~server/portal.server";
import { localScheme } from "~server/rewards/local-scheme";
import { actOnAssessment } from "~server/rewards/act-on-assessment.server";
import { ASSESSABLE_A_PAGE, listAssessable } from "~server/rewards/list-assessable.server";
import { MOST_INFORMANTS, readAssessable } from "~server/rewards/read-assessable.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const FIRST_SHOWN = 10;

const listing = {
  shown: z.coerce.number().int().min(1).max(MOST_INFORMANTS).catch(FIRST_SHOWN),
  /** Places of informants to list besides, by commas. */
  also: queryText(400),
};

const query = z.object({
  lead: z.uuid().optional().catch(undefined),
  scheme: queryText(100),
  ...listing,
  stage: z.enum(POOL_STAGES).catch("final"),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
});

export const meta = () => pageTitle(staffZh.finance.assess.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const { db } = context.portal;
  if (asked.lead === undefined) {
    const { rows, total } = await answerRefusals(listAssessable(db, { page: asked.page }, actor));
    const pages = Math.ceil(total / ASSESSABLE_A_PAGE);
    return { kind: "list" as const, rows, page: asked.page, pages };
  }
  const schemeId = asked.scheme === "" ? localScheme(context.portal.pack.pack) : asked.scheme;
  const [read, budgets] = await answerRefusals(
    Promise.all([
      readAssessable(
        db,
        { leadId: asked.lead, schemeId, stage: asked.stage, shown: asked.shown, also: placesOf(asked.also) },
        actor,
      ),
      readBudgets(context.portal, actor),
    ]),
  );
  const { live, ...lead } = read;
  return {
    kind: "lead" as const,
    ...lead,
    live: live && { amountFen: live.amountFen, replaceable: live.replaceable },
    stage: asked.stage,
    also: asked.also,
    shown: asked.shown,
    objections: live?.objections ?? 0,
    replaces: live?.id ?? null,
    budgets,
  };
}

/** 试算 answers with the computation and keeps nothing; 保存 keeps exactly what was computed. */
export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const form = await readForm(request);
  const outcome = await actOnAssessment(context.portal, { form }, actor);
  if (outcome.saved !== null) {
    const { leadId, leadNumber, awards } = outcome.saved;
    const params = new URLSearchParams({
      state: "all",
      lead: leadId,
      assessed: String(leadNumber),
      made: String(awards),
    });
    throw redirect(`${paths.staff.rewards()}?${params.toString()}`);
  }
  const { status, state, refusal, preview } = outcome;
  const listed = await listAgain(context.portal, form, actor);
  return data({ state, refusal, preview, listed }, { status });
}

const listedForm = z.object({
  leadId: z.uuid(),
  schemeId: z.string().min(1).max(100),
  stage: z.enum(POOL_STAGES).catch("final"),
  ...listing,
});

/** The informants the form had listed, and those it asks for besides; null where it names no lead. */
async function listAgain({ db }: Portal, form: FormData, actor: StaffActor) {
  const asked = listedForm.safeParse(Object.fromEntries(form));
  if (!asked.success) return null;
  const shown = Math.min(asked.data.shown * (form.get("intent") === "more" ? 2 : 1), MOST_INFORMANTS);
  const also = placesOf(asked.data.also);
  try {
    const { informants } = await readAssessable(db, { ...asked.data, shown, also }, actor);
    return { informants, shown };
  } catch (error) {
    // The form's own answer says what is wrong.
    if (error instanceof DomainError) return null;
    throw error;
  }
}

/** Up to 50 places, as people write them. */
function placesOf(text: string): number[] {
  return (text.normalize("NFKC").match(/\d{1,7}/g) ?? []).slice(0, 50).map(Number);
}

/** This year's budgets: last year's pay for nothing new (预算法 13). */
async function readBudgets({ db, clock }: Portal, actor: StaffActor) {
  const year = chinaYear(clock.now());
  const funds = await readBalances(db, actor);
  return funds.flatMap((fund) =>
    fund.budgets
      .filter((budget) => budget.fiscalYear === year)
      .map((budget) => ({
        id: budget.budgetId,
        source: fund.source,
        fiscalYear: budget.fiscalYear,
        availableFen: budget.availableFen,
      })),
  );
}

/** A refusal too reloads the page: what it shows, and the version its forms send, must be of now. */
export const shouldRevalidate = () => true;

export default function AssessPage() {
  const view = useLoaderData<typeof loader>();
  const { t } = useTranslation("staff");
  if (view.kind === "lead") return <AssessLead view={view} />;
  return (
    <>
      <p>
        <Link to={paths.staff.rewards()}>{t("finance.award.back")}</Link>
      </p>
      <h1>{t("finance.assess.title")}</h1>
      <p className={controls.muted}>{t("finance.assess.chooseHint")}</p>
      {view.rows.length === 0 ? (
        <p className={controls.empty}>{t("finance.assess.empty")}</p>
      ) : (
        <AssessableTable rows={view.rows} />
      )}
      <Pager page={view.page} pages={view.pages} href={(page) => `${paths.staff.assess()}?page=${page}`} />
    </>
  );
}

type LeadView = Extract<ReturnType<typeof useLoaderData<typeof loader>>, { kind: "lead" }>;

function AssessLead({ view }: { view: LeadView }) {
  const answered = useActionData<typeof action>();
  const { t } = useTranslation("staff");
  const { lead, scheme } = view;
  return (
    <>
      <p>
        <Link to={paths.staff.assess()}>{t("finance.assess.back")}</Link>
      </p>
      <h1>{t("finance.assess.title")}</h1>
      <p className={finance.subhead}>{t("finance.assess.page", lead)}</p>
      <ErrorSummary form={ASSESS_FORM} state={answered?.state} refusal={answered?.refusal} />
      {view.live && (
        <p className={finance.note}>
          {view.live.replaceable && view.objections > 0
            ? t("finance.assess.objected", { count: view.objections })
            : view.live.replaceable
              ? t("finance.assess.replaces", { amount: formatFen(view.live.amountFen) })
              : t("finance.assess.approved")}
        </p>
      )}
      {scheme.editableDefault && <p className={finance.note}>{t("finance.editableDefault")}</p>}
      <div className={finance.columns}>
        <section className={controls.card}>
          <h2>{t("finance.assess.scheme")}</h2>
          <p>
            <strong>
              {t("finance.award.schemeVersion", { title: scheme.title, version: scheme.version })}
            </strong>
          </p>
          <p>{scheme.source}</p>
          <p className={controls.muted}>{t("finance.assess.schemeHint")}</p>
          {view.schemes.length > 1 && (
            <details className={controls.disclosure}>
              <summary>{t("assessment.otherSchemes")}</summary>
              {view.schemes
                .filter(({ id }) => id !== scheme.id)
                .map(({ id, title }) => (
                  <p key={id}>
                    <Link to={`${paths.staff.assess(lead.id)}&scheme=${id}`}>
                      {t("finance.assess.changeScheme", { title })}
                    </Link>
                  </p>
                ))}
            </details>
          )}
        </section>
        <section className={controls.card}>
          <h2>{t("finance.award.finding")}</h2>
          <FindingFacts finding={view.finding} />
        </section>
      </div>
      {view.earlierVersions.length > 0 && (
        <section className={controls.card}>
          <h2>{t("assessment.versions.title")}</h2>
          <Versions versions={view.earlierVersions} />
        </section>
      )}
      {view.scheme.poolStages.length > 1 && (
        <p>
          {t("assessment.choices.stage")}：
          {view.scheme.poolStages.map((stage) => (
            <span key={stage}>
              {" "}
              {stage === view.stage ? (
                <strong>{t(`finance.award.stages.${stage}`)}</strong>
              ) : (
                <Link to={`${paths.staff.assess(lead.id)}&scheme=${scheme.id}&stage=${stage}`}>
                  {t(`finance.award.stages.${stage}`)}
                </Link>
              )}
            </span>
          ))}
        </p>
      )}
      {view.live?.replaceable !== false && (
        <AssessForm
          key={`${lead.id} ${scheme.id} ${view.stage}`}
          view={{ ...view, ...answered?.listed }}
          state={answered?.state ?? null}
          preview={answered?.preview ?? null}
        />
      )}
    </>
  );
}
