import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { Delegations, NameDeputy } from "~/components/staff/finance/Deputies";
import { ApproverLimits } from "~/components/staff/finance/ApproverLimits";
import { Notice } from "~/components/staff/Notice";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { delegationForm, deputyForm, limitForm, settleLimitForm } from "~/forms/approvals";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { carryOut, type FormOutcome } from "~server/clocks/carry-out.server";
import { readForm } from "~server/intake/read-form.server";
import type { Portal } from "~server/portal.server";
import { requestLimit, settleLimit } from "~server/rewards/limit-approver.server";
import { listDeputies } from "~server/rewards/list-deputies.server";
import { acceptDeputy, endDeputy, nameDeputy } from "~server/rewards/name-deputy.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const done = z.enum(["named", "agreed", "ended", "requested", "settled"]).nullable().catch(null);

export const meta = () => pageTitle(staffZh.approvals.deputy.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { db, clock } = context.portal;
  return {
    ...(await answerRefusals(listDeputies(db, actorOf(context), clock))),
    done: done.parse(new URL(request.url).searchParams.get("done")),
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await readForm(request);
  const outcome = await act(context.portal, form, actorOf(context));
  if (outcome.ok) throw redirect(`${paths.staff.deputies()}?done=${outcome.to}`);
  return data(outcome.failed, { status: outcome.status });
}

function act({ db, clock }: Portal, form: FormData, actor: StaffActor): Promise<FormOutcome> {
  const intent = form.get("intent");
  switch (typeof intent === "string" ? intent : "") {
    case "accept":
      return carryOut({ form, schema: delegationForm, intent: "accept" }, async (value) => {
        await acceptDeputy(db, value, actor, clock);
        return "agreed";
      });
    case "end":
      return carryOut({ form, schema: delegationForm, intent: "end" }, async (value) => {
        await endDeputy(db, value, actor, clock);
        return "ended";
      });
    case "limit":
      return carryOut({ form, schema: limitForm, intent: "limit" }, async ({ staffId, limit }) => {
        await requestLimit(db, { staffId, limitFen: limit }, actor, clock);
        return "requested";
      });
    case "settle":
      return carryOut({ form, schema: settleLimitForm, intent: "settle" }, async (value) => {
        await settleLimit(db, value, actor, clock);
        return "settled";
      });
    default:
      return carryOut({ form, schema: deputyForm, intent: "name" }, async (value) => {
        await nameDeputy(db, value, actor, clock);
        return "named";
      });
  }
}

export const shouldRevalidate = () => true;

export default function DeputiesPage() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  return (
    <>
      <p>
        <Link to={paths.staff.approvals()}>{t("approvals.set.back")}</Link>
      </p>
      <h1>{t("approvals.deputy.title")}</h1>
      <p className={controls.muted}>{t("approvals.deputy.lead")}</p>
      {failed === null && view.done !== null && <Notice>{t(`approvals.done.${view.done}`)}</Notice>}
      <Delegations rows={view.delegations} failed={failed} />
      {view.ownRoles.length > 0 && (
        <NameDeputy roles={view.ownRoles} candidates={view.candidates} failed={failed} />
      )}
      <ApproverLimits approvers={view.approvers} mayAsk={view.mayAskLimits} failed={failed} />
    </>
  );
}
