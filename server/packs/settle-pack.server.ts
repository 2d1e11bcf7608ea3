import { eq, sql } from "drizzle-orm";
import { packProposals } from "~db/schema/pack-versions";
import { databaseFault } from "~server/errors.server";
import { settleBy, type Proposals } from "~server/proposals/settle-proposal.server";
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
 * Rules of a pack decide from the moment the second administrator agrees, on every server. Agreeing may throw
 * `pack_version_used` (409) besides.
 */
export const {
  request: requestPack,
  agree: agreeToPack,
  refuse: refusePack,
} = settleBy(PACKS, sayPackRefusals);
