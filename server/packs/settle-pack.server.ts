import { eq, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { packProposals } from "~db/schema/pack-versions";
import { databaseFault } from "~server/errors.server";
import {
  agreeToProposal,
  refuseProposal,
  requestProposal,
  type Proposals,
  type ShownProposal,
} from "~server/proposals/settle-proposal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { told } from "./bring-pack.server";
import {
  packChanged,
  packNotRequested,
  packRequested,
  packSettled,
  packVersionUsed,
  sayPackRefusals,
} from "./pack-refusals.server";

const PACKS: Proposals<Omit<typeof packProposals.$inferSelect, "content">> = {
  lock: async (tx, id) =>
    (await tx.select().from(packProposals).where(eq(packProposals.id, id)).for("update"))[0],
  change: (tx, id, to) => tx.update(packProposals).set(to).where(eq(packProposals.id, id)),
  putInForce: (tx, { id, version }, at) =>
    tx
      .execute(sql`select put_pack_in_force(${id}::uuid, ${at.toISOString()}::timestamptz)`)
      .catch((error: unknown) => {
        throw databaseFault(error).constraint === "packs_version_taken" ? packVersionUsed(version) : error;
      }),
  told: (act, { id, packId, version }) => told(`pack.${act}`, id, { id: packId, version }),
  settled: packSettled,
  changed: packChanged,
  requested: packRequested,
  notRequested: packNotRequested,
};

/**
 * One administrator asks for a version to take effect, with a reason; `sha256` is what their page showed and their
 * passkey confirmed. Throws `pack_settled`, `pack_requested`, `pack_changed` (409); 404 for anyone but an administrator.
 */
export function requestPack(
  db: Database,
  input: ShownProposal & { readonly reason: string },
  actor: StaffActor,
): Promise<void> {
  return sayPackRefusals(requestProposal(db, PACKS, input, actor));
}

/**
 * The second administrator agrees: from this moment the version decides, on every server. Not the one who asked. Throws
 * `pack_not_requested`, `own_request`, `requester_left`, `pack_changed`, `pack_settled`, `pack_version_used` (409); 404
 * for anyone but an administrator.
 */
export function agreeToPack(db: Database, input: ShownProposal, actor: StaffActor): Promise<void> {
  return sayPackRefusals(agreeToProposal(db, PACKS, input, actor));
}

/**
 * An administrator turns a version down, or takes back what they themselves brought or asked for; the proposal stays on
 * record with the reason. Throws `pack_settled`, `pack_changed` (409); 404 for anyone but an administrator.
 */
export function refusePack(
  db: Database,
  input: ShownProposal & { readonly reason: string },
  actor: StaffActor,
): Promise<{ outcome: "refused" | "withdrawn" }> {
  return sayPackRefusals(refuseProposal(db, PACKS, input, actor));
}
