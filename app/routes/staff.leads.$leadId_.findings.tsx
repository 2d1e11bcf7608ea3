import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { FindingsSection } from "~/components/staff/FindingsSection";
import { LeadHead } from "~/components/staff/LeadHead";
import { pageTitle } from "~/components/staff/page-title";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { countDaysToGo } from "~server/clocks/days-to-go.server";
import { chinaDay } from "~server/clock";
import { findingRights, presentFinding } from "~server/findings/present-finding.server";
import { settleFinding } from "~server/findings/settle-finding.server";
import { readForm } from "~server/intake/read-form.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { presentLead } from "~server/triage/present-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import type { ClosureCode, Stage } from "~server/triage/stages";

export const meta = () => pageTitle(staffZh.findings.title);

/** The findings alone: no tip is opened to look at them. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, packs, clock } = context.portal;
  const at = clock.now();
  const page = await answerRefusals(readLead(db, { leadId: params.leadId ?? "", tipsPage: null, at }, actor));
  const today = chinaDay(at);
  const { id, number, name, isMajor, leadingOfficeOnly, openedOn } = page.lead;
  return {
    ...{ id, number, name, isMajor, leadingOfficeOnly, openedOn },
    sectors: presentLead(packs.of(page.lead.packId).pack, page).sectors,
    stage: page.lead.stage as Stage,
    closureCode: page.lead.closureCode as ClosureCode | null,
    toGo: (await countDaysToGo(db, { leads: [{ id, dueOn: page.dueOn }], today }, actor)).get(id) ?? null,
    findings: page.findings.map(presentFinding),
    rights: findingRights(page, actor),
  };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const form = await readForm(request);
  const outcome = await answerRefusals(
    settleFinding(context.portal, { leadId: params.leadId ?? "", form }, actor),
  );
  if (outcome.ok) throw redirect(outcome.to);
  return data(outcome.failed, { status: outcome.status });
}

/** A refusal too reloads the page: what it shows, and the version its forms send, must be of now. */
export const shouldRevalidate = () => true;

export default function FindingsPage() {
  const lead = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  return (
    <>
      <LeadHead lead={lead} />
      <p>
        <Link to={paths.staff.lead(lead.id)}>{t("findings.back")}</Link>
      </p>
      <FindingsSection leadId={lead.id} findings={lead.findings} rights={lead.rights} failed={failed} />
    </>
  );
}
