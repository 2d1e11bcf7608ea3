import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ClaimExtension } from "~/components/staff/finance/ClaimExtension";
import { ClaimFacts } from "~/components/staff/finance/ClaimFacts";
import { HeirPapers } from "~/components/staff/finance/HeirPapers";
import finance from "~/components/staff/finance/finance.module.css";
import { Notice } from "~/components/staff/Notice";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { extendClaimForm, seePapersForm } from "~/forms/claim-desk";
import { formatFen } from "~/forms/money";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { extendClaim } from "~server/claims/extend-claim.server";
import { readClaim } from "~server/claims/read-claim.server";
import { seePapers } from "~server/claims/see-papers.server";
import { carryOut } from "~server/clocks/carry-out.server";
import { notFound } from "~server/errors.server";
import { readForm } from "~server/intake/read-form.server";
import { whyClosed } from "~server/ledger/why-closed.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

const done = z.enum(["extended", "seen", "confirmed"]).nullable().catch(null);

export const meta = () => pageTitle(staffZh.claims.title);

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const award = await answerRefusals(readClaim(db, { awardId: idOf(params.awardId) }, actor));
  return {
    ...award,
    today: chinaDay(clock.now()),
    ownPapers: award.claim?.papersBy === actor.id,
    closed: whyClosed(actor, "finance_preparer", "finance_reviewer", "finance_approver"),
    done: done.parse(new URL(request.url).searchParams.get("done")),
  };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const awardId = idOf(params.awardId);
  const form = await readForm(request);
  const to = (what: string) => `${paths.staff.awardClaim(awardId)}?done=${what}`;
  const outcome =
    form.get("intent") === "papers"
      ? await carryOut({ form, schema: seePapersForm, intent: "papers" }, async (read) => {
          const { seen } = await seePapers(db, { awardId, ...read }, actor, clock);
          return to(seen === 1 ? "seen" : "confirmed");
        })
      : await carryOut({ form, schema: extendClaimForm, intent: "extend" }, async (value) => {
          await extendClaim(db, { awardId, ...value }, actor, clock);
          return to("extended");
        });
  if (outcome.ok) throw redirect(outcome.to);
  return data(outcome.failed, { status: outcome.status });
}

function idOf(text: string | undefined): string {
  const id = z.uuid().safeParse(text);
  if (!id.success) throw refusalResponse(notFound());
  return id.data;
}

export const shouldRevalidate = () => true;

export default function ClaimPage() {
  const award = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const { claim } = award;
  return (
    <>
      <p>
        <Link to={paths.staff.award(award.id)}>{t("claims.back")}</Link>
      </p>
      <h1>{t("claims.title")}</h1>
      <p className={finance.subhead}>
        {award.codeName} · {formatFen(award.amountFen)}
      </p>
      {failed === null && award.done !== null && <Notice>{t(`claims.done.${award.done}`)}</Notice>}
      {claim === null ? (
        <p className={controls.empty}>{t("claims.none")}</p>
      ) : (
        <>
          <ClaimFacts claim={claim} />
          <ClaimExtension
            status={award.status}
            lastDay={claim.lastDay}
            closed={award.closed}
            failed={failed}
          />
          {claim.claimant === "heir" && claim.way === "transfer" && (
            <HeirPapers claim={claim} own={award.ownPapers} closed={award.closed} failed={failed} />
          )}
        </>
      )}
    </>
  );
}
