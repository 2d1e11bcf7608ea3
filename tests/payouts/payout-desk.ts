import { eq } from "drizzle-orm";
import { awardClaims } from "~db/schema/claims";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { freezeBatch } from "~server/payouts/freeze-batch.server";
import { handPayees, readPayeesToHand } from "~server/payouts/hand-payees.server";
import { recordFile, sendBatch } from "~server/payouts/move-batch.server";
import { signRelease, startRelease } from "~server/payouts/release-batch.server";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { releasePayeeShare } from "~server/secrecy/payee-shares";
import { readPayeeKeys, sealPayee, storeSealedPayee } from "~server/secrecy/seal-payee.server";
import { systemActor } from "~server/staff-auth/actor";
import {
  CLOCK,
  SIGNING,
  TODAY,
  makeAcceptedAward,
  makeDesk,
  type Desk,
  type TestAward,
} from "~tests/factories/make-award";
import { makeStaff, type TestPerson } from "~tests/factories/make-staff";
import { holdKeys } from "~tests/factories/office-keys";
import { reporterOf } from "~tests/factories/reporter-of";
import { installTestPack, testPortal } from "~tests/setup/test-portal";

export const DETAILS = {
  holder: "欧阳金丝雀",
  bank: "金丝雀银行",
  branch: "雀鸣支行",
  account: "6222020200112233445",
};

export type PayoutDesk = Desk & {
  readonly db: Database;
  readonly approverKeys: OpenKeyring;
  readonly cashierKeys: OpenKeyring;
  /** Releases a batch beside the desk's approver. */
  readonly second: TestPerson;
};

export async function makePayoutDesk(db: Database, budgetFen?: bigint): Promise<PayoutDesk> {
  const portal = testPortal(db, CLOCK.now().toISOString());
  await installTestPack(portal);
  const desk = await makeDesk(db, budgetFen);
  const approverKeys = await holdKeys(portal, desk.approver.actor);
  const cashierKeys = await holdKeys(portal, desk.cashier.actor);
  const second = await makeStaff(db, ["finance_reviewer"]);
  return { ...desk, db, approverKeys, cashierKeys, second };
}

/** The informant says where a transfer goes, anew if need be. */
export async function leaveDetails(
  db: Database,
  award: TestAward,
  details = DETAILS,
  claimant: "self" | "heir" = "self",
): Promise<void> {
  const keys = await withActor(db, systemActor("test"), readPayeeKeys);
  const sealed = await sealPayee(award.awardId, details, keys);
  await withActor(db, await reporterOf(db, award.tipId), async (tx) => {
    await tx.insert(awardClaims).values({ awardId: award.awardId, toldOn: TODAY }).onConflictDoNothing();
    await tx
      .update(awardClaims)
      .set({ way: "transfer", chosenOn: TODAY, claimant })
      .where(eq(awardClaims.awardId, award.awardId));
    await storeSealedPayee(tx, sealed, TODAY);
  });
}

/** A posted award that goes by transfer. */
export async function makePayable(desk: PayoutDesk): Promise<TestAward> {
  const award = await makeAcceptedAward(desk.db, desk);
  await leaveDetails(desk.db, award);
  await postAcceptedAward(desk.db, award, desk.preparer.actor, CLOCK);
  return award;
}

export async function freeze(desk: PayoutDesk, awards: readonly TestAward[]): Promise<string> {
  const input = { awardIds: awards.map(({ awardId }) => awardId), cashierId: desk.cashier.actor.id };
  return (await freezeBatch(desk.db, input, desk.preparer.actor, CLOCK)).batchId;
}

export async function releaseAs(desk: PayoutDesk, person: TestPerson, batchId: string): Promise<string> {
  const { challengeId, options } = await startRelease(desk.db, { batchId }, person.actor, SIGNING);
  const { rpId, origin } = SIGNING;
  const response = person.passkey.assert({ challenge: options.challenge, rpId, origin });
  return (await signRelease(desk.db, { challengeId, response }, person.actor, SIGNING)).status;
}

/** The approver's browser after both released. */
export async function hand(desk: PayoutDesk, batchId: string): Promise<number> {
  const { payees, to, personId } = await readPayeesToHand(desk.db, { batchId }, desk.approver.actor);
  const shares = [];
  for (const payee of payees) {
    const share = await releasePayeeShare(payee, { batchId, personId, to }, desk.approverKeys.roleKeys);
    if (share === null) throw new Error("the share opens");
    shares.push({ payeeId: payee.payeeId, ...share });
  }
  if (shares.length === 0) return 0;
  const { roleKeyId } = to;
  return (await handPayees(desk.db, { batchId, roleKeyId, shares }, desk.approver.actor, CLOCK)).stored;
}

export async function release(desk: PayoutDesk, batchId: string): Promise<void> {
  await releaseAs(desk, desk.second, batchId);
  await releaseAs(desk, desk.approver, batchId);
  await hand(desk, batchId);
}

export async function makeFileOf(desk: PayoutDesk, batchId: string, awards: readonly TestAward[]) {
  const sumFen = awards.reduce((sum, { amountFen }) => sum + amountFen, 0n);
  const file = { batchId, kind: "csv" as const, sha256: "ab".repeat(32), lines: awards.length, sumFen };
  return recordFile(desk.db, file, desk.cashier.actor, CLOCK);
}

/** A batch the bank has. */
export async function send(desk: PayoutDesk, awards: readonly TestAward[]): Promise<string> {
  const batchId = await freeze(desk, awards);
  await release(desk, batchId);
  await makeFileOf(desk, batchId, awards);
  await sendBatch(desk.db, { batchId }, desk.cashier.actor, CLOCK);
  return batchId;
}

export type SeenLine = { id: string; state: string; reference: string; award_id: string };

export async function linesOf(db: Database, batchId: string): Promise<SeenLine[]> {
  const { rows } = await db.pool.query<SeenLine>(
    "select id, state, reference, award_id from payout_lines where batch_id = $1 order by position",
    [batchId],
  );
  return rows;
}
