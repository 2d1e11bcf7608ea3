import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { payeeDetails, payeeReleases } from "~db/schema/claims";
import { roleKeys } from "~db/schema/keys";
import { sealedKeys } from "~db/schema/sealed";
import { fromBase64url, toBase64url, type KeyPart } from "~server/secrecy/format";
import type { ReleasedShare } from "~server/secrecy/identity-shares";
import { PAYEE_RECORD, PAYEE_TABLE } from "~server/secrecy/payee-format";
import type { PayeeInParts, PayeeToRelease } from "~server/secrecy/payee-shares";
import type { KeyForYou } from "~server/secrecy/sealed-view";

/**
 * The approvers' shares of the live payee records of some awards, for the browser of the approver whose transaction this
 * is; an award without a live record is left out. The database shows them to approvers alone.
 */
export async function readPayeesToRelease(
  tx: Tx,
  input: { readonly awardIds: readonly string[] },
): Promise<PayeeToRelease[]> {
  const live = await readLive(tx, input.awardIds);
  const own = await readShares(
    tx,
    live.map(({ id }) => id),
    "a",
  );
  return live.flatMap(({ id, awardId }) => {
    const share = own.get(id);
    return share === undefined ? [] : [{ payeeId: id, awardId, own: share }];
  });
}

/** Stores what an approver's browser released of some records to one cashier for one batch. */
export async function storePayeeReleases(
  tx: Tx,
  input: {
    readonly batchId: string;
    /** The cashier. */
    readonly personId: string;
    /** The cashiers' live key the shares are sealed to. */
    readonly roleKeyId: string;
    readonly shares: readonly ({ readonly payeeId: string } & ReleasedShare)[];
    /** The approver, who is not the cashier. */
    readonly releasedBy: string;
    readonly at: Date;
  },
): Promise<void> {
  if (input.shares.length === 0) return;
  const { batchId, personId, roleKeyId, releasedBy, at } = input;
  await tx.insert(payeeReleases).values(
    input.shares.map(({ payeeId, enc, body }) => ({
      payeeId,
      batchId,
      personId,
      roleKeyId,
      enc: Buffer.from(fromBase64url(enc)),
      body: Buffer.from(fromBase64url(body)),
      releasedBy,
      releasedAt: at,
    })),
  );
}

/**
 * Everything the cashier's browser needs to open the payees of one batch that were released to the cashier whose
 * transaction this is: both shares, sealed, and the bodies. The database shows each cashier what was released to them.
 */
export async function readPayeesInParts(
  tx: Tx,
  input: { readonly batchId: string; readonly awardIds: readonly string[] },
): Promise<PayeeInParts[]> {
  const live = await readLive(tx, input.awardIds);
  const ids = live.map(({ id }) => id);
  if (ids.length === 0) return [];
  const released = await tx
    .select()
    .from(payeeReleases)
    .where(and(eq(payeeReleases.batchId, input.batchId), inArray(payeeReleases.payeeId, ids)));
  const own = await readShares(tx, ids, "b");
  return live.flatMap(({ id, awardId, suite, body }) => {
    const share = own.get(id);
    const theirs = released.find(({ payeeId }) => payeeId === id);
    if (share === undefined || theirs === undefined || body === null) return [];
    const { batchId, personId, roleKeyId } = theirs;
    return [
      {
        payeeId: id,
        awardId,
        batchId,
        personId,
        released: { roleKeyId, enc: toBase64url(theirs.enc), body: toBase64url(theirs.body) },
        own: share,
        suite,
        body: toBase64url(body),
      },
    ];
  });
}

async function readLive(tx: Tx, awardIds: readonly string[]) {
  if (awardIds.length === 0) return [];
  return tx
    .select()
    .from(payeeDetails)
    .where(and(inArray(payeeDetails.awardId, [...awardIds]), isNull(payeeDetails.shreddedOn)))
    .orderBy(payeeDetails.id);
}

async function readShares(
  tx: Tx,
  payeeIds: readonly string[],
  part: "a" | "b",
): Promise<ReadonlyMap<string, KeyForYou>> {
  if (payeeIds.length === 0) return new Map();
  const rows = await tx
    .select({ key: sealedKeys, slot: roleKeys.slot, epoch: roleKeys.epoch })
    .from(sealedKeys)
    .innerJoin(roleKeys, eq(roleKeys.id, sealedKeys.roleKeyId))
    .where(
      and(
        eq(sealedKeys.ownerTable, PAYEE_TABLE),
        inArray(sealedKeys.ownerId, [...payeeIds]),
        eq(sealedKeys.record, PAYEE_RECORD),
        eq(sealedKeys.part, part),
      ),
    )
    .orderBy(roleKeys.epoch);
  return new Map(
    rows.map(({ key, slot, epoch }) => [
      key.ownerId,
      {
        roleKeyId: key.roleKeyId,
        slot,
        epoch,
        part: key.part as KeyPart,
        enc: toBase64url(key.enc),
        body: toBase64url(key.body),
      },
    ]),
  );
}
