import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { AssignForm } from "~/components/staff/AssignForm";
import { AttachForm } from "~/components/staff/AttachForm";
import { DispatchForm } from "~/components/staff/DispatchForm";
import { DisputeLine } from "~/components/staff/disputes/DisputeLine";
import { FindingsSection } from "~/components/staff/FindingsSection";
import { LeadClocks } from "~/components/staff/LeadClocks";
import { LeadHistory, LeadHolders } from "~/components/staff/LeadAside";
import { HandOnLink } from "~/components/staff/HandOnLink";
import { HandlingLink } from "~/components/staff/handling/HandlingLink";
import { KeysNotice } from "~/components/staff/KeysNotice";
import { LeadHandover } from "~/components/staff/LeadHandover";
import { LeadChanges } from "~/components/staff/LeadChanges";
import { LeadHead } from "~/components/staff/LeadHead";
import { MoveForms } from "~/components/staff/MoveForms";
import { Notice } from "~/components/staff/Notice";
import { OpenUpForm } from "~/components/staff/OpenUpForm";
import { Pager } from "~/components/staff/Pager";
import { ReopenForm } from "~/components/staff/ReopenForm";
import { Recusals } from "~/components/staff/Recusals";
import { TipCard } from "~/components/staff/TipCard";
import { LeadNews } from "~/components/staff/messages/LeadNews";
import { WhyHere } from "~/components/staff/WhyHere";
import { TipThread } from "~/components/staff/messages/TipThread";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/lead.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { countDaysToGo } from "~server/clocks/days-to-go.server";
import { chinaDay } from "~server/clock";
import { readDisputeLine } from "~server/disputes/read-dispute-line.server";
import { readLeadClocks } from "~server/clocks/read-lead-clocks.server";
import { findingRights, presentFinding } from "~server/findings/present-finding.server";
import { readForm } from "~server/intake/read-form.server";
import { agencyOptions, sectorOptions } from "~server/packs/list-options";
import { readWaitingOf } from "~server/secrecy/list-waiting-leads.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { knownSubstances } from "~server/routing/settle-sectors";
import { presentHanding } from "~server/triage/present-handing";
import { actOnLead } from "~server/triage/act-on-lead.server";
import { listAssignments } from "~server/triage/list-assignments.server";
import { presentLead } from "~server/triage/present-lead.server";
import { TIPS_A_PAGE, readLead } from "~server/triage/read-lead.server";
import { STAGES, type Stage } from "~server/triage/stages";

const query = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1),
  move: z.enum(STAGES).nullable().catch(null),
  done: z
    .enum([
      ...([
        "moved",
        "disputed",
        "dispatched",
        "attached",
        "recusalEnded",
        "openedUp",
        "reopened",
        "handed",
      ] as const),
      ...(["recorded", "verified", "rejected"] as const),
    ])
    .nullable()
    .catch(null),
});

export const meta = ({ data: view }: { data?: { name: string } }) =>
  pageTitle(view?.name ?? staffZh.error.notFoundTitle);

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, packs, clock } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const at = clock.now();
  const page = await answerRefusals(
    readLead(db, { leadId: params.leadId ?? "", tipsPage: asked.page, at }, actor),
  );
  const pack = packs.of(page.lead.packId);
  const today = chinaDay(at);
  const { id, number, name, version, isMajor, leadingOfficeOnly, openedOn } = page.lead;
  const known = (page.confirmed ?? page.proposed)?.facts as Record<string, unknown> | undefined;
  return {
    ...{ id, number, name, version, isMajor, leadingOfficeOnly, openedOn },
    ...presentLead(
      pack.pack,
      page,
      packs.all().map((one) => one.pack),
    ),
    stage: page.lead.stage as Stage,
    closureCode: page.lead.closureCode as keyof typeof staffZh.closures | null,
    sector: page.sectors.find(({ isPrimary }) => isPrimary)?.sector ?? "unknown",
    triage: {
      suspectedCrime: known?.suspectedCrime === true,
      petition: known?.petition === true,
      nested: known?.nested === true,
      substance: typeof known?.substance === "string" ? known.substance : "",
      licensed: typeof known?.licensed === "boolean" ? (known.licensed ? "yes" : "no") : "",
    },
    alsoSectors: page.sectors.filter(({ isPrimary }) => !isPrimary).map(({ sector }) => sector),
    dossierId: page.lead.dossierId,
    toGo: (await countDaysToGo(db, { leads: [{ id, dueOn: page.dueOn }], today }, actor)).get(id) ?? null,
    clocks: (await readLeadClocks(db, { leadId: id, at }, actor)).clocks,
    today,
    dispute: await readDisputeLine(db, page.lead.id, actor),
    tipCount: page.tipCount,
    readsTips: page.readsTips,
    waiting: hasRole(actor, "triage_officer") ? await readWaitingOf(db, page.lead.id, actor) : null,
    tipPages: Math.ceil(page.tipCount / TIPS_A_PAGE),
    historyCount: page.historyCount,
    findings: page.findings.map(presentFinding),
    rights: findingRights(page, actor),
    moves: page.moves.map(({ to, needs }) => ({ to, needs })),
    recusals: page.recusals,
    mayDeclare: hasRole(actor, "triage_officer", "agency_officer", "agency_verifier"),
    mayEndRecusal: hasRole(actor, "triage_officer") && actor.method === "passkey",
    news: page.news.map((one) => ({ ...one, page: Math.ceil(one.rank / TIPS_A_PAGE) })),
    mayAnswerWish: hasRole(actor, "triage_officer"),
    seesHandling: page.readsTips || hasRole(actor, "auditor"),
    mayAttach: hasRole(actor, "triage_officer"),
    mayOpenUp: hasRole(actor, "triage_officer") && leadingOfficeOnly,
    sectorChoices: sectorOptions(pack.pack),
    substances: knownSubstances(pack.pack),
    handing: presentHanding(packs.all(), { ...page.lead, disputeOpen: page.disputeOpen }, actor),
    agencies: agencyOptions(pack.pack, today),
    assignments: await listAssignments(db, page.lead.id, actor),
    asked,
  };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const form = await readForm(request);
  const outcome = await answerRefusals(
    actOnLead(context.portal, { leadId: params.leadId ?? "", form }, actor),
  );
  if (outcome.ok) throw redirect(outcome.to);
  return data(outcome.failed, { status: outcome.status });
}

/** A refusal too reloads the page: what it shows, and the version its forms send, must be of now. */
export const shouldRevalidate = () => true;

export default function LeadPage() {
  const lead = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const { done } = lead.asked;
  return (
    <>
      <LeadHead lead={lead} />
      <Link to={paths.staff.dossier(lead.dossierId)}>{t("dossiers.ofLead")}</Link>
      {failed === null && done !== null && (
        <Notice>{t(`lead.done.${done}`, { stage: t(`stages.${lead.stage}`) })}</Notice>
      )}
      {lead.mayOpenUp && (
        <OpenUpForm version={lead.version} failed={failed?.intent === "openUp" ? failed : null} />
      )}
      {lead.readsTips && <KeysNotice />}
      {lead.waiting !== null && <LeadHandover key={lead.id} leadId={lead.id} waiting={lead.waiting} />}
      {failed !== null && <LeadChanges changes={failed.changes} />}
      <AssignForm leadId={lead.id} version={lead.version} assignments={lead.assignments} back="lead" />
      <div className={styles.columns}>
        <div>
          <section className={controls.card} aria-labelledby="tips-title">
            <h2 id="tips-title">{t("lead.tipsTitle")}</h2>
            <p className={controls.muted}>
              {t("lead.tipCount", { count: lead.tipCount })}
              {lead.readsTips && lead.tipCount > 0 && (
                <>
                  {" "}
                  <Link to={paths.staff.narratives(lead.id)}>{t("lead.allNarratives")}</Link>
                </>
              )}
            </p>
            <LeadNews leadId={lead.id} news={lead.news} />
            {lead.tips.map((tip, at) => {
              const reopening = failed?.intent === "reopen" && failed.of === tip.id ? failed : null;
              const own = failed?.intent === "attach" && failed.of === tip.id ? failed : null;
              return (
                <TipCard key={tip.id} tip={tip} open={at === 0} quotable={lead.readsTips}>
                  {tip.thread !== null && (
                    <TipThread
                      leadId={lead.id}
                      tipId={tip.id}
                      version={lead.version}
                      count={tip.thread}
                      mayAnswerWish={lead.mayAnswerWish}
                      failed={reopening}
                    />
                  )}
                  {lead.mayAttach && (
                    <AttachForm tipId={tip.id} state={own?.state ?? null} refusal={own?.refusal ?? null} />
                  )}
                </TipCard>
              );
            })}
            <Pager
              page={lead.asked.page}
              pages={lead.tipPages}
              href={(page) => `${paths.staff.lead(lead.id)}?page=${page}`}
            />
          </section>
          <FindingsSection leadId={lead.id} findings={lead.findings} rights={lead.rights} />
        </div>
        <div>
          <WhyHere proposed={lead.proposed} confirmed={lead.confirmed} changedParts={lead.changedParts} />
          <DisputeLine leadId={lead.id} dispute={lead.dispute} />
          <Actions lead={lead} failed={failed} />
          <HandOnLink handing={lead.handing} leadId={lead.id} />
          <LeadClocks leadId={lead.id} clocks={lead.clocks} />
          {lead.seesHandling && <HandlingLink leadId={lead.id} />}
          <LeadHolders holders={lead.holders} />
          <Recusals
            leadId={lead.id}
            recusals={lead.recusals}
            mayDeclare={lead.mayDeclare}
            mayEnd={lead.mayEndRecusal}
            declared={failed?.intent === "recuse" ? failed : null}
            ended={failed?.intent === "endRecusal" ? failed : null}
          />
          <LeadHistory events={lead.history} count={lead.historyCount} />
        </div>
      </div>
      <p>
        <Link to={paths.staff.board()}>{t("lead.back")}</Link>
      </p>
    </>
  );
}

type View = ReturnType<typeof useLoaderData<typeof loader>>;
type Failed = ReturnType<typeof useActionData<typeof action>> | null;

function Actions({ lead, failed }: { lead: View; failed: Failed }) {
  const { t } = useTranslation("staff");
  const plain = lead.moves.filter(({ needs }) => !needs.includes("route"));
  const dispatching = failed?.intent === "dispatch" ? failed : null;
  const moving = failed?.intent === "move" ? { ...failed, to: failed.of } : null;
  // A refused form stays, with what was typed, even when somebody else's move has closed its way.
  const offered =
    moving !== null && !plain.some(({ to }) => to === moving.to) && isStage(moving.to)
      ? [...plain, { to: moving.to, needs: moving.needs }]
      : plain;
  const wished = lead.mayAnswerWish && lead.news.some(({ wish }) => wish);
  const closed = lead.closureCode !== null && lead.closureCode !== "duplicate";
  const mayReopen = lead.mayAnswerWish && closed && !wished;
  const mayDispatch = lead.moves.length > plain.length || dispatching !== null;
  return (
    <section className={controls.card} id="actions" aria-labelledby="actions-title">
      <h2 id="actions-title">{t("lead.actions")}</h2>
      {wished && <p>{t("messages.answerWish")}</p>}
      {mayReopen && <ReopenForm version={lead.version} failed={failed ?? null} />}
      {!mayDispatch && !wished && !mayReopen && offered.length === 0 && (
        <p className={controls.muted}>{t("lead.actionsNone")}</p>
      )}
      {mayDispatch && (
        <DispatchForm
          version={lead.version}
          restricted={lead.leadingOfficeOnly}
          sector={lead.sector}
          sectors={lead.sectorChoices}
          alsoSectors={lead.alsoSectors}
          substances={lead.substances}
          agencies={lead.agencies}
          {...lead.triage}
          state={dispatching?.state ?? null}
          refusal={dispatching?.refusal ?? null}
        />
      )}
      <MoveForms
        moves={offered}
        version={lead.version}
        agencies={lead.agencies}
        asked={lead.asked.move}
        failed={moving}
      />
    </section>
  );
}

function isStage(value: string): value is Stage {
  return (STAGES as readonly string[]).includes(value);
}
