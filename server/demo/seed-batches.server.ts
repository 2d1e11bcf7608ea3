import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import { payoutLines } from "~db/schema/payout-batches";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import { freezeBatch } from "~server/payouts/freeze-batch.server";
import { handPayees, readPayeesToHand } from "~server/payouts/hand-payees.server";
import { recordFile, sendBatch } from "~server/payouts/move-batch.server";
import { readMonth, reconcileMonth } from "~server/payouts/reconcile-month.server";
import { signRelease, startRelease } from "~server/payouts/release-batch.server";
import { takeStatement } from "~server/payouts/take-statement.server";
import { signingAt } from "~server/rewards/signing.server";
import { openKeyring, type OpenKeyring } from "~server/secrecy/open-keyring";
import { utf8 } from "~server/secrecy/format";
import { releasePayeeShare } from "~server/secrecy/payee-shares";
import { DEMO_PASSPHRASE } from "~server/secrecy/personal-key";
import { readKeyring } from "~server/secrecy/read-keyring.server";
import { systemActor } from "~server/staff-auth/actor";
import type { Scene } from "./play-act";
import { castMember } from "./seed-people.server";

type Payable = { readonly id: string; readonly amountFen: bigint };
export type SentLine = { readonly id: string; readonly amountFen: bigint };

export async function freezeOne({ portal, clock, by }: Scene, awardId: string): Promise<string> {
  const input = { awardIds: [awardId], cashierId: by("cashier-1").id };
  return (await freezeBatch(portal.db, input, by("preparer-1"), clock)).batchId;
}

/** A batch of one award from the freezing to the bank, through the two who release it. */
export async function sendOne(
  scene: Scene,
  award: Payable,
  approverKeys: OpenKeyring | null,
): Promise<readonly SentLine[]> {
  const { portal, clock, by } = scene;
  const batchId = await freezeOne(scene, award.id);
  for (const person of ["reviewer-1", "approver-1"]) await release(scene, batchId, person);
  await handOverPayees(scene, batchId, approverKeys);
  // Of no file that was ever made: a demonstration pays nobody.
  const sha256 = createHash("sha256").update(`demo ${batchId}`).digest("hex");
  const file = { batchId, kind: "csv" as const, sha256, lines: 1, sumFen: award.amountFen };
  await recordFile(portal.db, file, by("cashier-1"), clock);
  await sendBatch(portal.db, { batchId }, by("cashier-1"), clock);
  return withActor(portal.db, systemActor("demo-seed"), (tx) =>
    tx
      .select({ id: payoutLines.id, amountFen: payoutLines.amountFen })
      .from(payoutLines)
      .where(eq(payoutLines.batchId, batchId)),
  );
}

async function release({ portal, clock, cast }: Scene, batchId: string, person: string): Promise<void> {
  const { actor, key } = castMember(cast, person);
  const signing = { ...signingAt(portal.env.staffOrigin, clock), seedKeys: true };
  const { challengeId, options } = await startRelease(portal.db, { batchId }, actor, signing);
  const { rpId, origin } = signing;
  const response = key.assert({ challenge: options.challenge, rpId, origin });
  await signRelease(portal.db, { challengeId, response }, actor, signing);
}

/** The approver's keys, opened once: the passphrase is slow on purpose. */
export async function openApproverKeys({ portal, by }: Scene): Promise<OpenKeyring | null> {
  return openKeyring(await readKeyring(portal.db, by("approver-1")), {
    ...{ method: "demo_passphrase", secret: utf8(DEMO_PASSPHRASE) },
  });
}

/** What the approver's browser does after the release. */
async function handOverPayees(
  { portal, clock, by }: Scene,
  batchId: string,
  keyring: OpenKeyring | null,
): Promise<void> {
  const approver = by("approver-1");
  const { payees, to, personId } = await readPayeesToHand(portal.db, { batchId }, approver);
  const shares = [];
  for (const payee of payees) {
    const share = await releasePayeeShare(payee, { batchId, personId, to }, keyring?.roleKeys ?? []);
    if (share !== null) shares.push({ payeeId: payee.payeeId, ...share });
  }
  await handPayees(portal.db, { batchId, roleKeyId: to.roleKeyId, shares }, approver, clock);
}

/** The bank's word on what was sent, and ¥88 nobody expected, which go to suspense. */
export async function bookStatement(
  { portal, clock, by }: Scene,
  input: { fundId: string; lines: readonly SentLine[] },
): Promise<void> {
  const date = chinaDay(clock.now());
  const paid = input.lines.map(({ id, amountFen }) => ({
    ...{ endToEndId: id.replaceAll("-", ""), amountFen: amountFen.toString(), date },
    status: "out" as const,
  }));
  const stray = { endToEndId: null, amountFen: "8800", date, status: "in" as const };
  await takeStatement(
    portal.db,
    {
      ...{ fundId: input.fundId, number: `${date.replaceAll("-", "")}-1`, closedOn: date },
      ...{ closingFen: "1408800", lines: [...paid, stray] },
    },
    by("cashier-1"),
    clock,
  );
}

/** The month before this one, books and bank the same. */
export async function reconcileMonthOf(scene: Scene, fundId: string, month: string): Promise<void> {
  const { portal, clock, by } = scene;
  const { closingFen } = await readMonth(portal.db, { fundId, month }, by("cashier-1"));
  const same = { fundId, month, bankFen: closingFen, explanation: null };
  await reconcileMonth(portal.db, same, by("preparer-1"), clock);
}
