import { v4 as uuidv4 } from "uuid";
import type { Tx } from "~db/client.server";
import { payeeDetails } from "~db/schema/claims";
import { sealedKeys } from "~db/schema/sealed";
import { DomainError } from "~server/errors.server";
import { sealDataKey } from "./data-key";
import { SUITE, pad, utf8 } from "./format";
import { PAYEE_RECORD, PAYEE_SHARES, PAYEE_TABLE, payeeAad, type PayeeDetails } from "./payee-format";
import { readLiveKeys, type LiveKey } from "./read-role-keys.server";
import { encryptBytes, makeDataKey } from "./sealed-body";
import { splitKey } from "./split-key";

export type SealedPayee = {
  readonly awardId: string;
  readonly row: Omit<typeof payeeDetails.$inferInsert, "sealedOn">;
  readonly keys: readonly (typeof sealedKeys.$inferInsert)[];
};

/** The keys a payee record is sealed to. Throws `payee_keys_missing` (503) while approvers or cashiers have none. */
export async function readPayeeKeys(tx: Tx): Promise<ReadonlyMap<string, LiveKey>> {
  const keys = await readLiveKeys(
    tx,
    PAYEE_SHARES.map(({ slot }) => slot),
  );
  if (keys.size < PAYEE_SHARES.length) {
    throw new DomainError("payee_keys_missing", 503, "收款信息暂时不能加密保存，请过些日子再来填写。");
  }
  return keys;
}

/**
 * Seals where a transfer goes, in the request it was typed in: under a key of its own, of which approvers and cashiers
 * get a share each. The text and the key are forgotten with the request. Touches no database.
 */
export async function sealPayee(
  awardId: string,
  details: PayeeDetails,
  keys: ReadonlyMap<string, LiveKey>,
): Promise<SealedPayee> {
  const payeeId = uuidv4();
  const { holder, bank, branch, account } = details;
  const dataKey = makeDataKey();
  const text = JSON.stringify({ holder, bank, branch, account });
  const body = await encryptBytes(dataKey, payeeAad({ payeeId, awardId }), pad(utf8(text)));
  const shares = splitKey(dataKey);
  const wrapped = await Promise.all(
    PAYEE_SHARES.map(async ({ slot, part }) => {
      const to = keys.get(slot);
      if (to === undefined) throw new Error(`no key for ${slot}`);
      const of = { table: PAYEE_TABLE, id: payeeId, record: PAYEE_RECORD, part };
      const sealed = await sealDataKey(shares[part], of, to);
      return {
        id: uuidv4(),
        ownerTable: PAYEE_TABLE,
        ownerId: payeeId,
        record: PAYEE_RECORD,
        part,
        roleKeyId: to.id,
        suite: SUITE,
        enc: Buffer.from(sealed.enc),
        body: Buffer.from(sealed.body),
      };
    }),
  );
  return { awardId, row: { id: payeeId, awardId, suite: SUITE, body: Buffer.from(body) }, keys: wrapped };
}

/** Stores a sealed payee record inside the caller's transaction. `sealedOn` is the day in China. */
export async function storeSealedPayee(tx: Tx, sealed: SealedPayee, sealedOn: string): Promise<void> {
  await tx.insert(payeeDetails).values({ ...sealed.row, sealedOn });
  await tx.insert(sealedKeys).values([...sealed.keys]);
}
