import { eq, sql } from "drizzle-orm";
import { validate } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { packProposals } from "~db/schema/pack-versions";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { databaseFault, notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { checkAdministrator, isAdministrator } from "~server/staff-auth/check-administrator.server";
import { ownRequest, requesterLeft } from "~server/staff-auth/refusals.server";
import { told } from "./bring-pack.server";
import {
  packChanged,
  packNotRequested,
  packRequested,
  packSettled,
  packVersionUsed,
  sayPackRefusals,
} from "./pack-refusals.server";

type Shown = { readonly proposalId: string; readonly sha256: string; readonly at: Date };

/**
 * One administrator asks for a version to take effect, with a reason; `sha256` is what their page showed and their
 * passkey confirmed. Throws `pack_settled`, `pack_requested`, `pack_changed` (409); 404 for anyone but an administrator.
 */
export async function requestPack(
  db: Database,
  input: Shown & { readonly reason: string },
  actor: StaffActor,
): Promise<void> {
  const work = withActor(db, actor, async (tx) => {
    const proposal = await lockProposal(tx, input, actor);
    if (proposal.requestedBy !== null) throw packRequested();
    await tx
      .update(packProposals)
      .set({ requestedBy: actor.id, requestedAt: input.at, reason: input.reason })
      .where(eq(packProposals.id, proposal.id));
    await record(tx, "pack.requested", proposal, { at: input.at, note: input.reason }, actor);
  });
  await sayPackRefusals(work);
}

/**
 * The second administrator agrees: from this moment the version decides, on every server. Not the one who asked. Throws
 * `pack_not_requested`, `own_request`, `requester_left`, `pack_changed`, `pack_settled`, `pack_version_used` (409); 404
 * for anyone but an administrator.
 */
export async function agreeToPack(db: Database, input: Shown, actor: StaffActor): Promise<void> {
  const work = withActor(db, actor, async (tx) => {
    const proposal = await lockProposal(tx, input, actor);
    if (proposal.requestedBy === null) throw packNotRequested();
    if (proposal.requestedBy === actor.id) throw ownRequest();
    if (!(await isAdministrator(tx, proposal.requestedBy))) throw requesterLeft();
    await settle(tx, { proposalId: proposal.id, outcome: "agreed", at: input.at, answer: null }, actor);
    await tx
      .execute(sql`select put_pack_in_force(${proposal.id}::uuid, ${input.at.toISOString()}::timestamptz)`)
      .catch((error: unknown) => {
        throw databaseFault(error).constraint === "packs_version_taken"
          ? packVersionUsed(proposal.version)
          : error;
      });
    await record(tx, "pack.in_force", proposal, { at: input.at }, actor);
  });
  await sayPackRefusals(work);
}

/**
 * An administrator turns a version down, or takes back what they themselves brought or asked for; the proposal stays on
 * record with the reason. Throws `pack_settled`, `pack_changed` (409); 404 for anyone but an administrator.
 */
export async function refusePack(
  db: Database,
  input: Shown & { readonly reason: string },
  actor: StaffActor,
): Promise<{ outcome: "refused" | "withdrawn" }> {
  const work = withActor(db, actor, async (tx) => {
    const proposal = await lockProposal(tx, input, actor);
    const own = (proposal.requestedBy ?? proposal.broughtBy) === actor.id;
    const outcome = own ? ("withdrawn" as const) : ("refused" as const);
    await settle(tx, { proposalId: proposal.id, outcome, at: input.at, answer: input.reason }, actor);
    await record(tx, `pack.${outcome}`, proposal, { at: input.at, note: input.reason }, actor);
    return { outcome };
  });
  return sayPackRefusals(work);
}

type Proposal = Omit<typeof packProposals.$inferSelect, "content">;

/** Held until the transaction ends, so that of two answers at once the second finds it settled. */
async function lockProposal(tx: Tx, input: Shown, actor: StaffActor): Promise<Proposal> {
  await checkAdministrator(tx, actor);
  const [proposal] = validate(input.proposalId)
    ? await tx.select().from(packProposals).where(eq(packProposals.id, input.proposalId)).for("update")
    : [];
  if (proposal === undefined) throw notFound();
  if (proposal.outcome !== null) throw packSettled();
  if (proposal.sha256 !== input.sha256) throw packChanged();
  return proposal;
}

function settle(
  tx: Tx,
  input: {
    proposalId: string;
    outcome: "agreed" | "refused" | "withdrawn";
    at: Date;
    answer: string | null;
  },
  actor: StaffActor,
) {
  return tx
    .update(packProposals)
    .set({ outcome: input.outcome, decidedBy: actor.id, decidedAt: input.at, answer: input.answer })
    .where(eq(packProposals.id, input.proposalId));
}

async function record(
  tx: Tx,
  action: string,
  proposal: Proposal,
  input: { at: Date; note?: string },
  actor: StaffActor,
): Promise<void> {
  const event = told(action, proposal.id, { id: proposal.packId, version: proposal.version });
  const data = input.note === undefined ? event.data : { ...event.data, note: input.note };
  await recordEvent(tx, { ...event, data, at: input.at }, actor);
}
