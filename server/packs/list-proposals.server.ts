import { count, desc, eq, getTableColumns, sql } from "drizzle-orm";
import { validate } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { packEffects, packProposals, portalPacks } from "~db/schema/pack-versions";
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
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import type { Pack } from "./grammar";
import type { LoadedPack } from "./load-pack.server";
import { readPackInForce, readStoredPack } from "./read-stored-pack.server";

/** Without the rules themselves, which are read for one proposal alone. */
const { content, ...COLUMNS } = getTableColumns(packProposals);

export type PackProposalView = ProposalView & { readonly packId: string };

function selectProposals(tx: Tx) {
  return tx
    .select({ proposal: COLUMNS, ...PEOPLE })
    .from(packProposals)
    .leftJoin(bringer, eq(bringer.id, packProposals.broughtBy))
    .leftJoin(requester, eq(requester.id, packProposals.requestedBy))
    .leftJoin(decider, eq(decider.id, packProposals.decidedBy));
}

function present(row: Awaited<ReturnType<typeof selectProposals>>[number]): PackProposalView {
  return { ...presentProposal(row), packId: row.proposal.packId };
}

function requireReader(actor: StaffActor): void {
  if (!hasRole(actor, "administrator", "auditor", "triage_officer")) throw notFound();
}

export type HeldPack = {
  readonly packId: string;
  readonly parentId: string | null;
  readonly version: string;
  readonly since: Date;
};

/** What is in force in this portal since when, and every proposal, waiting ones first, then newest first. */
export async function listProposals(
  db: Database,
  input: { page: number },
  actor: StaffActor,
): Promise<{ held: HeldPack[]; proposals: PackProposalView[]; pages: number }> {
  requireReader(actor);
  return withActor(db, actor, async (tx) => {
    const rows = await selectProposals(tx)
      .orderBy(
        sql`${packProposals.outcome} is not null`,
        desc(packProposals.broughtAt),
        desc(packProposals.id),
      )
      .limit(PROPOSALS_A_PAGE)
      .offset((input.page - 1) * PROPOSALS_A_PAGE);
    const [{ total } = { total: 0 }] = await tx.select({ total: count() }).from(packProposals);
    const held = await tx
      .selectDistinctOn([portalPacks.joinedAt, portalPacks.packId], {
        packId: portalPacks.packId,
        parentId: portalPacks.parentId,
        version: packEffects.version,
        since: packEffects.effectiveAt,
      })
      .from(portalPacks)
      .innerJoin(packEffects, eq(packEffects.packId, portalPacks.packId))
      .orderBy(portalPacks.joinedAt, portalPacks.packId, desc(packEffects.seq));
    return { held, proposals: rows.map(present), pages: Math.ceil(total / PROPOSALS_A_PAGE) };
  });
}

export type ProposalPage = {
  readonly proposal: PackProposalView;
  /** The rules proposed. */
  readonly pack: Pack;
  /** The rules in force now, of the same pack; null for a further pack. */
  readonly inForce: LoadedPack | null;
};

export async function readProposal(
  db: Database,
  input: { proposalId: string },
  actor: StaffActor,
): Promise<ProposalPage> {
  requireReader(actor);
  if (!validate(input.proposalId)) throw notFound();
  return withActor(db, actor, async (tx) => {
    const [row] = await selectProposals(tx).where(eq(packProposals.id, input.proposalId));
    const [stored] = await tx
      .select({ content })
      .from(packProposals)
      .where(eq(packProposals.id, input.proposalId));
    if (row === undefined || stored === undefined) throw notFound();
    return {
      proposal: present(row),
      pack: readStoredPack(stored.content),
      inForce: await readPackInForce(tx, row.proposal.packId, null),
    };
  });
}
