import { and, asc, count, desc, eq, sql } from "drizzle-orm";
import { validate } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { schemes } from "~db/schema/packs";
import { schemeProposals } from "~db/schema/scheme-versions";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import {
  PEOPLE,
  PROPOSALS_A_PAGE,
  bringer,
  decider,
  presentProposal,
  requester,
  type ProposalView,
} from "~server/proposals/present-proposal.server";
import { hasRole, systemActor, type StaffActor } from "~server/staff-auth/actor";
import { diffSchemes, type SchemeChange } from "./diff-schemes";
import { readStoredScheme } from "./load-scheme.server";
import type { Scheme } from "./scheme-grammar";

const STORED_VERSIONS_A_PAGE = 50;

/** A proposal, and the line it would join from which day. */
export type SchemeProposalView = ProposalView & {
  readonly title: string;
  readonly line: string;
  readonly effectiveFrom: string;
};

function requireReader(actor: StaffActor): void {
  if (
    !hasRole(
      actor,
      ...(["administrator", "auditor"] as const),
      ...(["finance_preparer", "finance_reviewer", "finance_approver"] as const),
    )
  ) {
    throw notFound();
  }
}

function selectProposals(tx: Tx) {
  return tx
    .select({ proposal: schemeProposals, ...PEOPLE })
    .from(schemeProposals)
    .leftJoin(bringer, eq(bringer.id, schemeProposals.broughtBy))
    .leftJoin(requester, eq(requester.id, schemeProposals.requestedBy))
    .leftJoin(decider, eq(decider.id, schemeProposals.decidedBy));
}

function present(row: Awaited<ReturnType<typeof selectProposals>>[number]): SchemeProposalView {
  const { content, line, effectiveFrom } = row.proposal;
  // Checked against the grammar when it was brought.
  return { ...presentProposal(row), title: (content as Scheme).title.zh, line, effectiveFrom };
}

export type StoredVersion = {
  readonly schemeId: string;
  readonly version: string;
  readonly line: string;
  readonly title: string;
  readonly from: string;
  /** The last day it decides: its own end, or the day before the next of its line. */
  readonly to: string | null;
  readonly sha256: string;
};

/** Every stored version with the days it decides, by line; and the proposals, waiting ones first, newest first. */
export async function listSchemeVersions(db: Database, input: { page: number }, actor: StaffActor) {
  requireReader(actor);
  return withActor(db, actor, async (tx) => {
    const stored: StoredVersion[] = await tx
      .select({
        schemeId: schemes.schemeId,
        version: schemes.version,
        line: schemes.line,
        title: sql<string>`${schemes.content}->'title'->>'zh'`,
        from: schemes.effectiveFrom,
        to: sql<string | null>`least(${schemes.effectiveTo},
          lead(${schemes.effectiveFrom}) over (partition by ${schemes.line} order by ${schemes.effectiveFrom}) - 1)::text`,
        sha256: schemes.sha256,
      })
      .from(schemes)
      .orderBy(asc(schemes.line), desc(schemes.effectiveFrom))
      .limit(STORED_VERSIONS_A_PAGE)
      .offset((input.page - 1) * STORED_VERSIONS_A_PAGE);
    const rows = await selectProposals(tx)
      .orderBy(
        sql`${schemeProposals.outcome} is not null`,
        desc(schemeProposals.broughtAt),
        desc(schemeProposals.id),
      )
      .limit(PROPOSALS_A_PAGE)
      .offset((input.page - 1) * PROPOSALS_A_PAGE);
    const [{ total } = { total: 0 }] = await tx.select({ total: count() }).from(schemeProposals);
    const [{ versions } = { versions: 0 }] = await tx.select({ versions: count() }).from(schemes);
    const pages = Math.max(Math.ceil(total / PROPOSALS_A_PAGE), Math.ceil(versions / STORED_VERSIONS_A_PAGE));
    return { stored, proposals: rows.map(present), pages };
  });
}

export type SchemeProposalPage = {
  readonly proposal: SchemeProposalView;
  readonly scheme: Scheme;
  /** The version it would follow; null for a line the portal does not hold. */
  readonly before: { readonly id: string; readonly version: string } | null;
  readonly changes: readonly SchemeChange[];
  /** Leads without an award whose earliest report that asks for one falls under the version. */
  readonly concerned: number;
};

/** A proposal with what it changes, rule by rule, and how many undecided leads it would concern. 404 for others. */
export async function readSchemeProposal(
  db: Database,
  input: { proposalId: string },
  actor: StaffActor,
): Promise<SchemeProposalPage> {
  requireReader(actor);
  if (!validate(input.proposalId)) throw notFound();
  const page = await withActor(db, actor, async (tx) => {
    const [row] = await selectProposals(tx).where(eq(schemeProposals.id, input.proposalId));
    if (row === undefined) throw notFound();
    const [last] = await tx
      .select({ id: schemes.schemeId, version: schemes.version, content: schemes.content })
      .from(schemes)
      .where(and(eq(schemes.line, row.proposal.line), sql`${schemes.sha256} <> ${row.proposal.sha256}`))
      .orderBy(desc(schemes.effectiveFrom))
      .limit(1);
    const scheme = readStoredScheme(row.proposal.content);
    const before = last === undefined ? null : readStoredScheme(last.content);
    return {
      proposal: present(row),
      scheme,
      before: last === undefined ? null : { id: last.id, version: last.version },
      changes: diffSchemes(before, scheme),
    };
  });
  return { ...page, concerned: await countConcerned(db, page.scheme) };
}

/** Nobody sees a lead by this: the portal counts, and leads kept to the leading office are left out. */
async function countConcerned(db: Database, { effective }: Scheme): Promise<number> {
  return withActor(db, systemActor("schemes"), async (tx) => {
    const { rows } = await tx.execute<{ count: string }>(sql`
      select count(*) from (
        select t.lead_id from tips t join leads l on l.id = t.lead_id
        where t.wants_reward and not l.leading_office_only
          and not exists (select 1 from reward_pools p where p.lead_id = l.id and p.status = 'live')
        group by t.lead_id
        having min(t.arrived_on) >= ${effective.from}::date
          and min(t.arrived_on) <= coalesce(${effective.to}::date, 'infinity'::date)) concerned`);
    return Number(rows[0]?.count ?? 0);
  });
}
