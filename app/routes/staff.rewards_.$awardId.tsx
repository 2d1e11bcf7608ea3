import {
  data,
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { AwardOrigin, BudgetEffect, PayoutList, Shares } from "~/components/staff/finance/AwardFacts";
import { AwardLinks } from "~/components/staff/finance/AwardLinks";
import { AwardPapers } from "~/components/staff/finance/AwardPapers";
import { Derivation } from "~/components/staff/finance/Derivation";
import { FindingFacts } from "~/components/staff/finance/FindingFacts";
import { HoldLine } from "~/components/staff/finance/HoldLine";
import { NextStep } from "~/components/staff/finance/NextStep";
import { Signatures } from "~/components/staff/finance/Signatures";
import { StatusTag } from "~/components/staff/finance/StatusTag";
import finance from "~/components/staff/finance/finance.module.css";
import { Notice } from "~/components/staff/Notice";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { formatFen } from "~/forms/money";
import { parseForm } from "~/forms/parse-form";
import { signatureForm } from "~/forms/signature";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { notFound } from "~server/errors.server";
import { readForm } from "~server/intake/read-form.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import type { Portal } from "~server/portal.server";
import { findOpenObjection } from "~server/rewards/list-objections.server";
import { readAward } from "~server/rewards/read-award.server";
import { signApproval } from "~server/rewards/sign-approval.server";
import { signingAt } from "~server/rewards/signing.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals, catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { parseAssertion } from "~server/staff-auth/parse-passkey-response.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

const DONE = ["prepared", "reviewed", "countersigned", "approved", "rejected", "posted"] as const;
const done = z.enum(DONE).nullable().catch(null);

export const meta: MetaFunction<typeof loader> = ({ data: award }) =>
  pageTitle(`${staffZh.finance.award.voucher} ${award?.codeName ?? ""}`);

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const award = await answerRefusals(
    readAward(context.portal.db, { awardId: awardIdOf(params.awardId) }, actor, context.portal.clock),
  );
  const objection = await answerRefusals(findOpenObjection(context.portal.db, { awardId: award.id }, actor));
  // Which tips share is the computation's business: the page lists the shares by code name.
  const { tipId: _, pool, ...rest } = award;
  const { shares: __, ...ownPool } = pool;
  const replaceable = ["drafted", "prepared", "reviewed", "rejected"];
  return {
    ...rest,
    pool: { ...ownPool, shares: [] },
    objectedUntil: objection?.dueOn ?? null,
    mayReassess:
      hasRole(actor, "finance_preparer") &&
      pool.status === "live" &&
      pool.sharers.every(({ status }) => replaceable.includes(status)),
    done: done.parse(new URL(request.url).searchParams.get("done")),
  };
}

/** Takes a signature (JSON of the passkey's answer in a form) or books an accepted award. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const awardId = awardIdOf(params.awardId);
  const form = await readForm(request);
  const finished = await catchRefusal(act(context.portal, { awardId, form }, actor));
  if (!finished.ok) {
    const { publicMessage, status } = finished.refusal;
    return data({ refusal: publicMessage }, { status });
  }
  if (finished.value === null) {
    return data({ refusal: staffZh.forms.errors.version }, { status: 400 });
  }
  throw redirect(`${paths.staff.award(finished.value.awardId)}?done=${finished.value.status}`);
}

async function act(
  { db, env, clock }: Portal,
  { awardId, form }: { awardId: string; form: FormData },
  actor: StaffActor,
): Promise<{ awardId: string; status: string } | null> {
  const intent = form.get("intent");
  if (intent === "post") {
    await postAcceptedAward(db, { awardId }, actor, clock);
    return { awardId, status: "posted" };
  }
  const parsed = parseForm(signatureForm, form);
  if (intent !== "sign" || !parsed.ok) return null;
  const { challengeId, response } = parsed.value;
  return signApproval(
    db,
    { challengeId, response: parseAssertion(response) },
    actor,
    signingAt(env.staffOrigin, clock),
  );
}

function awardIdOf(text: string | undefined): string {
  const id = z.uuid().safeParse(text);
  if (!id.success) throw refusalResponse(notFound());
  return id.data;
}

/** A refusal too reloads the page: what it shows, and the version its forms send, must be of now. */
export const shouldRevalidate = () => true;

export default function AwardPage() {
  const award = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { t } = useTranslation("staff");
  const flags = award.pool.flags.filter((flag) => flag !== "editable_default");
  return (
    <>
      <p>
        <Link to={paths.staff.rewards()}>{t("finance.award.back")}</Link>
      </p>
      <div className={finance.head}>
        <h1>{t("finance.award.title", { codeName: award.codeName })}</h1>
        <StatusTag status={award.status} />
        {flags.map((flag) => (
          <span key={flag} className={controls.tag} data-tone="stage">
            {t(`finance.flags.${flag}`)}
          </span>
        ))}
      </div>
      <p className={finance.subhead}>
        {award.leadNumber !== null && t("finance.lead", { number: award.leadNumber })} · {award.leadName}
      </p>
      <ErrorSummary form="award" refusal={refused?.refusal} />
      {!refused && award.done && <Notice>{t(`finance.award.done.${award.done}`)}</Notice>}
      {award.pool.flags.includes("editable_default") && (
        <p className={finance.note}>{t("finance.editableDefault")}</p>
      )}
      <div className={finance.columns}>
        <div>
          <section className={controls.card}>
            <h2>{t("finance.award.voucher")}</h2>
            <p className={finance.figure}>{formatFen(award.amountFen)}</p>
            {award.capitalAmount !== null && (
              <p className={finance.words}>{t("finance.capital", { words: award.capitalAmount })}</p>
            )}
            <AwardOrigin award={award} />
            <AwardPapers award={award} objectedUntil={award.objectedUntil} />
          </section>
          <section className={controls.card}>
            <h2>{t("finance.steps.title")}</h2>
            <Derivation steps={award.pool.steps} />
          </section>
          <section className={controls.card}>
            <h2>{t("finance.award.shares")}</h2>
            <Shares awardId={award.id} pool={award.pool} />
          </section>
        </div>
        <div>
          <section className={controls.card}>
            <h2>{t("finance.award.budget")}</h2>
            <BudgetEffect budget={award.budget} amountFen={award.amountFen} />
          </section>
          <section className={controls.card}>
            <h2>{t("finance.award.finding")}</h2>
            <FindingFacts finding={award.finding} />
          </section>
          <section className={controls.card}>
            <h2>{t("finance.award.signatures")}</h2>
            <Signatures approvals={award.approvals} />
          </section>
          {award.payouts.length > 0 && (
            <section className={controls.card}>
              <h2>{t("finance.award.payouts")}</h2>
              <PayoutList payouts={award.payouts} />
            </section>
          )}
          <section className={controls.card} id="next">
            <h2>{t("finance.award.next")}</h2>
            <NextStep
              awardId={award.id}
              leadId={award.leadId}
              next={award.next}
              mayReassess={award.mayReassess}
            />
            <AwardLinks award={award} />
            <HoldLine awardId={award.id} status={award.status} hold={award.hold} />
          </section>
        </div>
      </div>
    </>
  );
}
