import { count, desc, eq, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { validate } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { packEffects, packProposals, portalPacks } from "~db/schema/pack-versions";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import type { Pack } from "./grammar";
import type { LoadedPack } from "./load-pack.server";
import { readPackInForce, readStoredPack } from "./read-stored-pack.server";

export const PROPOSALS_A_PAGE = 20;

type Person = { readonly id: string; readonly name: string };

export type ProposalView = {
  readonly id: string;
  readonly packId: string;
  readonly version: string;
  readonly sha256: string;
  readonly parentId: string | null;
  readonly source: "folder" | "upload";
  readonly broughtBy: Person | null;
  readonly broughtAt: Date;
  readonly requestedBy: Person | null;
  readonly requestedAt: Date | null;
  readonly reason: string | null;
  readonly outcome: "agreed" | "refused" | "withdrawn" | "replaced" | null;
  readonly decidedBy: Person | null;
  readonly decidedAt: Date | null;
  readonly answer: string | null;
};

const [bringer, requester, decider] = [
  alias(staff, "bringer"),
  alias(staff, "requester"),
  alias(staff, "decider"),
];

function selectProposals(tx: Tx) {
  return tx
    .select({
      id: packProposals.id,
      packId: packProposals.packId,
      version: packProposals.version,
      sha256: packProposals.sha256,
      parentId: packProposals.parentId,
      source: packProposals.source,
      broughtAt: packProposals.broughtAt,
      requestedAt: packProposals.requestedAt,
      reason: packProposals.reason,
      outcome: packProposals.outcome,
      decidedAt: packProposals.decidedAt,
      answer: packProposals.answer,
      bringerId: bringer.id,
      bringer: bringer.displayName,
      requesterId: requester.id,
      requester: requester.displayName,
      deciderId: decider.id,
      decider: decider.displayName,
    })
    .from(packProposals)
    .leftJoin(bringer, eq(bringer.id, packProposals.broughtBy))
    .leftJoin(requester, eq(requester.id, packProposals.requestedBy))
    .leftJoin(decider, eq(decider.id, packProposals.decidedBy));
}

type Row = Awaited<ReturnType<typeof selectProposals>>[number];

function present(row: Row): ProposalView {
  const person = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? "" });
  const {
    bringerId,
    requesterId,
    deciderId,
    bringer: first,
    requester: second,
    decider: third,
    ...rest
  } = row;
  return {
    ...rest,
    source: row.source as ProposalView["source"],
    outcome: row.outcome as ProposalView["outcome"],
    broughtBy: person(bringerId, first),
    requestedBy: person(requesterId, second),
    decidedBy: person(deciderId, third),
  };
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
): Promise<{ held: HeldPack[]; proposals: ProposalView[]; total: number }> {
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
    return { held, proposals: rows.map(present), total };
  });
}

export type ProposalPage = {
  readonly proposal: ProposalView;
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
      .select({ content: packProposals.content })
      .from(packProposals)
      .where(eq(packProposals.id, input.proposalId));
    if (row === undefined || stored === undefined) throw notFound();
    return {
      proposal: present(row),
      pack: readStoredPack(stored.content),
      inForce: await readPackInForce(tx, row.packId, null),
    };
  });
}
