import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { withActor } from "~db/with-actor.server";
import { databaseFault } from "~server/errors.server";
import { agreeToRequest } from "~server/ledger/answer-request.server";
import { askRequest, digestRequest } from "~server/ledger/ask-request.server";
import type { Asked } from "~server/ledger/ledger-requests";
import { lapseAward } from "~server/ledger/lapse-award.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { receiveClawback } from "~server/ledger/receive-clawback.server";
import { receiveFunds } from "~server/ledger/receive-funds.server";
import { recordPayment } from "~server/ledger/record-payment.server";
import { retryPosting } from "~server/ledger/retry-posting.server";
import { freezeBatch } from "~server/payouts/freeze-batch.server";
import { cancelBatch } from "~server/payouts/move-batch.server";
import { signRelease, startRelease } from "~server/payouts/release-batch.server";
import { assessAward } from "~server/rewards/assess-award.server";
import { systemActor } from "~server/staff-auth/actor";
import { moveCash } from "~server/windows/move-cash.server";
import { payAgainstCode } from "~server/windows/pay-claim.server";
import { CLOCK, SIGNING, TODAY, assessmentOf, signAs, type Desk } from "~tests/factories/make-award";
import { makeFinding } from "~tests/factories/make-finding";
import type { TestPerson } from "~tests/factories/make-staff";
import { codeFor } from "~tests/factories/pay-window";
import { acceptAs } from "~tests/factories/reporter-of";
import { leaveDetails, type PayoutDesk } from "~tests/payouts/payout-desk";
import { effectOf, type Act, type Facts } from "./story";

export type StormDesk = Desk &
  Pick<PayoutDesk, "second"> & { readonly clerk: TestPerson; readonly windowId: string };

/** Does one act as the portal's routes would call it, once. Answers with what the story learns. */
export async function playAct(db: Database, desk: StormDesk, act: Act, facts: Facts): Promise<Facts> {
  const fact = (name: string) => facts[name] ?? "";
  const awardId = fact("awardId");
  const award = { awardId, tipId: fact("tipId") };
  switch (act) {
    case "found": {
      const finding = await makeFinding(db);
      return { leadId: finding.leadId, tipId: finding.tipIds[0] ?? "" };
    }
    case "assess": {
      const finding = { leadId: fact("leadId"), tipIds: [fact("tipId")] } as never;
      const done = await assessAward(db, assessmentOf(finding, desk), desk.preparer.actor, CLOCK);
      return { awardId: done.awards[0]?.id ?? "" };
    }
    case "prepare":
      await signAs(db, desk.preparer, awardId, act);
      return {};
    case "review":
      await signAs(db, desk.reviewer, awardId, act);
      return {};
    case "approve":
      await signAs(db, desk.approver, awardId, act);
      return {};
    case "accept":
      await acceptAs(db, award, CLOCK);
      return {};
    case "details":
      // Left before the kill that hid the answer.
      await leaveDetails(db, award as never).catch((error: unknown) => {
        if (databaseFault(error).constraint !== "payee_details_live_uq") throw error;
      });
      return {};
    case "post":
      await postAcceptedAward(db, { awardId }, desk.preparer.actor, CLOCK);
      return {};
    case "pay":
    case "pay_again": {
      const payment = { awardId, paidOn: TODAY, reference: fact(act) };
      await actOnce(db, desk, { kind: "pay", awardId }, payment.reference);
      const { payoutId } = await recordPayment(db, payment, desk.cashier.actor, CLOCK);
      return { payoutId };
    }
    case "bounce": {
      const back = { kind: "bounce" as const, awardId, payoutId: fact("payoutId"), eventOn: TODAY };
      await actOnce(db, desk, back, `bounce ${fact("payoutId")}`);
      return {};
    }
    case "code":
      return { code: await codeFor(db, award) };
    case "pay_window": {
      const payment = { windowId: desk.windowId, awardId, code: fact("code") };
      await payAgainstCode(db, payment, desk.clerk.actor, CLOCK);
      return {};
    }
    case "lapse": {
      // Told long ago, so that its last day is over. Of an award that lapsed meanwhile no claim could begin any more.
      await db.pool.query(
        `insert into award_claims (award_id, told_on, claim_by) select $1, '2026-01-10', '2026-05-31'
          where not exists (select from award_claims where award_id = $1)`,
        [awardId],
      );
      const system = systemActor("lapse-claims");
      await retryPosting(() =>
        withActor(db, system, (tx) => lapseAward(tx, { awardId, eventOn: TODAY }, system, CLOCK)),
      );
      return {};
    }
    case "freeze": {
      const input = { awardIds: [awardId], cashierId: desk.cashier.actor.id };
      return { batchId: (await freezeBatch(db, input, desk.preparer.actor, CLOCK)).batchId };
    }
    case "release_first":
      await releaseAs(db, desk.second, fact("batchId"));
      return {};
    case "release_second":
      await releaseAs(db, desk.approver, fact("batchId"));
      return {};
    case "cancel": {
      const input = { batchId: fact("batchId"), reason: "改为逐笔付款" };
      await cancelBatch(db, input, desk.preparer.actor, CLOCK);
      return {};
    }
    case "ask_revoke":
    case "ask_clawback": {
      const about = { id: fact("requestId"), reason: "随机故障测试的申请", awardId };
      const asked =
        act === "ask_revoke"
          ? { ...about, kind: "revoke" as const }
          : { ...about, kind: "clawback" as const, amountFen: 4_999_500n, ground: "wrong-facts" };
      await askRequest(db, asked, desk.preparer.actor, CLOCK);
      return {};
    }
    case "agree_revoke":
    case "agree_clawback": {
      const requestId = fact("requestId");
      const [row] = await db.orm.select().from(ledgerRequests).where(eq(ledgerRequests.id, requestId));
      const digest = row === undefined ? "" : digestRequest(row);
      await agreeToRequest(db, { requestId, digest }, desk.approver.actor, CLOCK);
      return {};
    }
    case "receive_clawback":
      await receiveClawback(
        db,
        { awardId, amountFen: 4_999_500n, eventOn: TODAY, requestKey: fact("requestId") },
        desk.approver.actor,
        CLOCK,
      );
      return {};
    case "funds": {
      const money = { fundId: desk.fundId, amountFen: 700n, eventOn: TODAY, requestKey: fact("key") };
      await receiveFunds(db, money, desk.approver.actor, CLOCK);
      return {};
    }
    case "float": {
      const cash = { windowId: desk.windowId, kind: "top_up" as const, amountFen: 4_999_500n };
      await moveCash(db, { ...cash, requestKey: fact("key") }, desk.cashier.actor, CLOCK);
      return {};
    }
  }
}

/** How often the act took effect so far, and what its answer would have said. */
export async function findEffect(
  db: Database,
  act: Act,
  facts: Facts,
): Promise<{ times: number; learned: Facts }> {
  const effect = effectOf(act, facts);
  if (effect === null) return { times: 0, learned: {} };
  const { rows } = await db.pool.query<{ n: number }>(effect.text, effect.values);
  const times = rows[0]?.n ?? 0;
  const one = async (text: string, value: string | undefined) =>
    (await db.pool.query<{ id: string }>(text, [value])).rows[0]?.id ?? "";
  if (times === 0) return { times, learned: {} };
  if (act === "assess")
    return {
      times,
      learned: { awardId: await one("select id from awards where lead_id = $1", facts.leadId) },
    };
  if (act === "freeze") {
    const batchId = await one("select batch_id as id from payout_lines where award_id = $1", facts.awardId);
    return { times, learned: { batchId } };
  }
  return { times, learned: {} };
}

/** An act of two, under an id made of what it is about: played again it is the same. */
async function actOnce(db: Database, desk: StormDesk, what: Asked, about: string): Promise<void> {
  const hex = createHash("sha256").update(about).digest("hex");
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  const asked = { ...what, id, reason: "随机故障测试的申请" };
  await askRequest(db, asked, desk.preparer.actor, CLOCK);
  const [row] = await db.orm.select().from(ledgerRequests).where(eq(ledgerRequests.id, id));
  const digest = row === undefined ? "" : digestRequest(row);
  await agreeToRequest(db, { requestId: id, digest }, desk.approver.actor, CLOCK);
}

async function releaseAs(db: Database, person: TestPerson, batchId: string): Promise<void> {
  const { challengeId, options } = await startRelease(db, { batchId }, person.actor, SIGNING);
  const { rpId, origin } = SIGNING;
  const response = person.passkey.assert({ challenge: options.challenge, rpId, origin });
  await signRelease(db, { challengeId, response }, person.actor, SIGNING);
}
