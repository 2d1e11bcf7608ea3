import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { Notice } from "~/components/staff/Notice";
import { pageTitle } from "~/components/staff/page-title";
import { ChangesTable, DecisionDiff } from "~/components/staff/routing/DecisionDiff";
import { ProposalActs } from "~/components/staff/proposals/ProposalActs";
import { ProposalHistory, ProposalTag } from "~/components/staff/proposals/ProposalHistory";
import controls from "~/components/staff/controls.module.css";
import { queryText } from "~/forms/query-text";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { actOnPack } from "~server/packs/act-on-versions.server";
import { sectorTitle } from "~server/packs/list-options";
import { readProposal } from "~server/packs/list-proposals.server";
import { namePlace } from "~server/packs/name-place";
import { diffDecisions, listChanges } from "~server/routing/diff-decisions.server";
import { answerProposalAct, doneJustNow } from "~server/proposals/answer-proposals.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({ after: queryText(40) });

export const meta = () => pageTitle(staffZh.routing.versions.title);

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const proposalId = params.proposalId ?? "";
  const { proposal, pack, inForce } = await answerRefusals(readProposal(db, { proposalId }, actor));
  const asOf = { pack, today: chinaDay(clock.now()) };
  const diff = proposal.outcome === null ? await diffDecisions(db, asOf, actor) : null;
  const listed = diff === null ? null : await listChanges(db, { ...asOf, after: asked.after || null }, actor);
  const codesOf = ({ lead, cooperate }: { lead: string | null; cooperate: readonly string[] }) => [
    ...(lead === null ? [] : [lead]),
    ...cooperate,
  ];
  return {
    asked,
    done: doneJustNow(request),
    proposal,
    title: pack.title.zh,
    inForceVersion: inForce?.pack.version ?? null,
    diff,
    sectors: Object.fromEntries(
      (diff?.bySector ?? []).map(({ sector }) => [sector, sectorTitle(pack, sector) ?? ""]),
    ),
    changes: (listed?.changes ?? []).map((change) => ({
      ...change,
      sectorTitle: sectorTitle(pack, change.sector),
      places: Object.fromEntries(
        [
          ...codesOf(change.before.territory),
          ...(change.after === null ? [] : codesOf(change.after.territory)),
        ].map((code) => [code, namePlace(pack, code) ?? code]),
      ),
    })),
    next: listed?.next ?? null,
    figuresOnly: !hasRole(actor, "triage_officer", "auditor"),
    manages: hasRole(actor, "administrator") && actor.method === "passkey",
    ownId: actor.id,
  };
}

export const action = (args: ActionFunctionArgs) =>
  answerProposalAct(args, actOnPack, paths.staff.packProposal);

export default function PackProposal() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const { proposal, asked, diff } = view;
  const here = paths.staff.packProposal(proposal.id);
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("routing.proposal.title", { title: view.title, version: proposal.version })}</h1>
        <p>
          <ProposalTag proposal={proposal} />
        </p>
      </div>
      {failed === null && view.done !== null && <Notice>{t(`routing.proposal.done.${view.done}`)}</Notice>}
      <section className={controls.card}>
        <p>
          {view.inForceVersion === null
            ? t("routing.proposal.further")
            : t("routing.proposal.against", { version: view.inForceVersion })}
        </p>
        <ProposalHistory proposal={proposal} />
      </section>
      {diff !== null && (
        <section aria-labelledby="diff-title">
          <h2 id="diff-title">{t("routing.proposal.diffTitle")}</h2>
          <DecisionDiff diff={diff} sectors={view.sectors} figuresOnly={view.figuresOnly} />
        </section>
      )}
      {view.manages && proposal.outcome === null && (
        <ProposalActs proposal={proposal} ownId={view.ownId} failed={failed} />
      )}
      {diff !== null && diff.changed > 0 && (
        <section aria-labelledby="changes-title">
          <h2 id="changes-title">{t("routing.proposal.listTitle")}</h2>
          <ChangesTable changes={view.changes} />
          <p className={controls.pager}>
            {asked.after !== "" && <Link to={here}>{t("routing.proposal.first")}</Link>}
            {view.next !== null && (
              <Link to={`${here}?after=${view.next}`}>{t("routing.proposal.next")}</Link>
            )}
          </p>
        </section>
      )}
      <p>
        <Link to={paths.staff.packVersions()}>{t("routing.versions.back")}</Link>
      </p>
    </>
  );
}
