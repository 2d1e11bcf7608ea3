import { beforeAll, describe, expect, it } from "vitest";
import { v7 as uuidv7 } from "uuid";
import { sealEvents } from "~server/audit/seal-events.server";
import { verifyChain } from "~server/audit/verify-chain.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { readStatus } from "~server/intake/read-status.server";
import { drawBatch, REST_DAYS } from "~server/retention/draw-batch.server";
import { proposeDeletion } from "~server/retention/propose-deletion.server";
import { approveDeletion } from "~server/retention/approve-deletion.server";
import { refuseDeletion } from "~server/retention/refuse-deletion.server";
import { destroyApproved } from "~server/retention/destroy-approved.server";
import { placeHold } from "~server/retention/place-hold.server";
import { endHold } from "~server/retention/end-hold.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { readSealed } from "~server/secrecy/read-sealed.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { attachTip } from "~server/triage/attach-tip.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { withActor } from "~db/with-actor.server";
import {
  PDF,
  evidenceFolder,
  evidenceIn,
  filesBelow,
  sendFiles,
  startDraft,
} from "~tests/factories/evidence";
import { CLOCK, TODAY, makeAcceptedAward, makeDesk } from "~tests/factories/make-award";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { reportWithReceipt, sayAsReporter } from "~tests/factories/make-thread";
import { openField } from "~tests/factories/office-keys";
import { payByHand } from "~tests/factories/pay-by-hand";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { retentionDesk } from "./retention-desk";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const folder = evidenceFolder();
/** The evidence store dates folders by the machine's clock. */
const START = new Date();
const inYears = (years: number) => {
  const at = new Date(START);
  at.setUTCFullYear(at.getUTCFullYear() + years);
  return new Date(at.getTime() + 86_400_000);
};
let portal: TestPortal;
let triage: StaffActor;
let colleague: StaffActor;
let administrator: StaffActor;
let both: StaffActor;

beforeAll(async () => {
  portal = { ...testPortal(test.db, START.toISOString()), evidence: evidenceIn(folder) };
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  colleague = await makePerson(portal, "leading-office", ["triage_officer"]);
  administrator = await makePerson(portal, "leading-office", ["administrator"]);
  both = await makePerson(portal, "leading-office", ["triage_officer", "administrator"]);
});

const { close, openBatch, numberOf, outcomes } = retentionDesk(test, START);
const at = () => portal.clock.now();
const propose = (batchId: string, actor = triage) => proposeDeletion(test.db, { batchId, at: at() }, actor);
const approve = (batch: { id: string; set: string }, actor = administrator) =>
  approveDeletion(test.db, { batchId: batch.id, set: batch.set, at: at() }, actor);

/** Draws, proposes and approves; tells the batch. */
async function agreed(): Promise<{ id: string; set: string }> {
  await drawBatch(test.db, portal.clock);
  const batch = await openBatch();
  await propose(batch.id);
  await approve(batch);
  return batch;
}

describe("a set of what is due", () => {
  it("holds nothing before its period ends, and is drawn once", async () => {
    portal.clock.set(START);
    const { leadId, tipId } = await sendReport(portal);
    await close(leadId);
    portal.clock.set(new Date(inYears(3).getTime() - 5 * 86_400_000));
    expect(await drawBatch(test.db, portal.clock)).toEqual({ items: 0 });
    portal.clock.set(inYears(3));
    expect(await drawBatch(test.db, portal.clock)).toEqual({ items: 1 });
    expect(await drawBatch(test.db, portal.clock)).toEqual({ items: 0 });
    const batch = await openBatch();
    expect(Object.keys(await outcomes(batch.id))).toEqual([tipId]);
  });

  it("is approved by somebody else than who proposed it, and by an administrator", async () => {
    const batch = await openBatch();
    expect(await refusalOf(approve(batch))).toBe("batch_moved_on");
    expect(await refusalOf(propose(batch.id, administrator))).toBe("not_found");
    await propose(batch.id, both);
    expect(await refusalOf(approve(batch, both))).toBe("own_proposal");
    expect(await refusalOf(approve(batch, triage))).toBe("not_found");
    expect(await refusalOf(approve({ ...batch, set: "0".repeat(64) }))).toBe("set_differs");
    expect(await refusalOf(approve(batch, { ...administrator, method: "demo" }))).toBe("passkey_needed");
    // The database says the same to code that forgot to ask.
    const write = (actor: StaffActor, by: string) =>
      refusedBy(
        withActor(test.db, actor, (tx) =>
          tx.execute(
            `update deletion_batches set state = 'approved', approved_by = '${by}', approved_at = now() where id = '${batch.id}'`,
          ),
        ),
      );
    expect(await write(both, both.id)).toBe("deletion_batches_two_ck");
    expect(await write(both, administrator.id)).toBe("deletion_batches_hands");
    expect(await write(triage, triage.id)).toBe("deletion_batches_hands");
  });

  it("frozen, takes no further report, and is destroyed by nobody before two agreed", async () => {
    const batch = await openBatch();
    const item = `select id from deletion_items where batch_id = '${batch.id}'`;
    expect(await refusedBy(test.db.pool.query(`select destroy_tip((${item}), current_date)`))).toBe(
      "deletion_items_by_two",
    );
    expect(
      await refusedBy(
        test.db.pool.query(
          `insert into deletion_items select $1, batch_id, 2, tip_id, category, basis_on, due_on, lead_id, closure_code, 0, 0
             from deletion_items where batch_id = $2`,
          [uuidv7(), batch.id],
        ),
      ),
    ).toBe("deletion_items_frozen");
    expect(await refusedBy(test.db.pool.query("update deletion_items set outcome = 'destroyed'"))).toBe(
      "42501",
    );
    expect(await refusedBy(test.db.pool.query("insert into tombstones select from deletion_items"))).toBe(
      "42501",
    );
    expect(await refusedBy(test.db.pool.query("delete from sealed_values"))).toBe("42501");
    expect(await refusedBy(test.owner.query("delete from sealed_values"))).toBe("sealed_values_append_only");
  });

  it("refused, destroys nothing and rests a while", async () => {
    const batch = await openBatch();
    await refuseDeletion(test.db, { batchId: batch.id, reason: "等待上级检查", at: at() }, administrator);
    expect(await destroyApproved(portal)).toEqual({ destroyed: 0, held: 0, changed: 0 });
    expect(await drawBatch(test.db, portal.clock)).toEqual({ items: 0 });
    portal.clock.set(new Date(at().getTime() + (REST_DAYS + 1) * 86_400_000));
    expect(await drawBatch(test.db, portal.clock)).toEqual({ items: 1 });
  });
});

describe("what two people agreed to", () => {
  it("cannot be opened with any key afterwards, its files are gone, its facts and its rank stay", async () => {
    await refuseDeletion(test.db, { batchId: (await openBatch()).id, reason: "清空", at: at() }, triage);
    portal.clock.set(START);
    const receipt = await startDraft(portal);
    await sendFiles(portal, receipt, [{ name: "合同.pdf", bytes: PDF }]);
    const { tipId } = await submitTip(portal, { receipt, language: "zh-CN" });
    await sayAsReporter(portal, receipt, "补充一句");
    const facts = async () => {
      const { rows } = await test.owner.query(
        "select subject_name, arrival_no, arrived_on, sector, lead_id, lookup_id from tips where id = $1",
        [tipId],
      );
      return rows[0] as { lead_id: string };
    };
    const before = await facts();
    await close(before.lead_id);
    expect(await openField(portal, tipId, "narrative")).not.toBeNull();
    expect(filesBelow(folder)).not.toEqual([]);
    portal.clock.set(inYears(4));
    const batch = await agreed();
    expect((await outcomes(batch.id))[tipId]).toBeNull();
    await destroyApproved(portal);
    expect((await outcomes(batch.id))[tipId]).toBe("destroyed");
    for (const field of ["narrative", "details", "files", "identity", "contact"] as const)
      expect(await openField(portal, tipId, field)).toBeNull();
    for (const [table, column] of [
      ["sealed_values", "owner_id"],
      ["sealed_keys", "owner_id"],
      ["tip_messages", "tip_id"],
      ["tip_files", "tip_id"],
    ]) {
      const { rowCount } = await test.owner.query(`select 1 from ${table ?? ""} where ${column ?? ""} = $1`, [
        tipId,
      ]);
      expect(rowCount, table).toBe(0);
    }
    expect(filesBelow(folder)).toEqual([]);
    expect(await facts()).toEqual(before);
    const { rows } = await test.owner.query<{ row: Record<string, unknown> }>(
      "select to_jsonb(s) as row from tombstones s where tip_id = $1",
      [tipId],
    );
    expect(rows[0]?.row).toMatchObject({
      category: "unfounded",
      policy_version: "2026.1",
      messages: 1,
      files: 1,
    });
    const told = await withActor(test.db, triage, (tx) =>
      readSealed(tx, { tipIds: [tipId], fields: ["narrative"] }, triage),
    );
    expect(told(tipId, "narrative")).toEqual({ state: "destroyed" });
    // The receipt opens nothing, as one that expired.
    expect(await readStatus(portal, { lookupId: lookupIdOf(receipt) })).toBeNull();
    // Nor does a sealed thing come back.
    expect(
      await refusedBy(
        test.owner.query(
          "insert into sealed_values (id, owner_table, owner_id, field, suite, body) values ($1, 'tips', $2, 'narrative', 's', '\\x00')",
          [uuidv7(), tipId],
        ),
      ),
    ).toBe("sealed_values_destroyed");
  });

  it("is passed over and named where it changed since the set was frozen", async () => {
    portal.clock.set(START);
    const [again, spoken, plain] = [
      await sendReport(portal),
      await reportWithReceipt(portal),
      await sendReport(portal),
    ];
    for (const { leadId } of [again, spoken, plain]) await close(leadId);
    portal.clock.set(inYears(4));
    const batch = await agreed();
    await test.owner.query(
      "update leads set stage = 'investigating', closure_code = null, closed_at = null where id = $1",
      [again.leadId],
    );
    await sayAsReporter(portal, spoken.receipt, "又有人来要钱");
    expect(await destroyApproved(portal)).toMatchObject({ changed: 2, held: 0 });
    expect(await outcomes(batch.id)).toMatchObject({
      [again.tipId]: "changed",
      [spoken.tipId]: "changed",
      [plain.tipId]: "destroyed",
    });
    expect(await openField(portal, again.tipId, "narrative")).not.toBeNull();
    expect(await openField(portal, spoken.tipId, "narrative")).not.toBeNull();
    const { rows } = await test.owner.query<{ state: string }>(
      "select state from deletion_batches where id = $1",
      [batch.id],
    );
    expect(rows).toEqual([{ state: "done" }]);
  });
});

describe("a hold", () => {
  it("beats an approval, on the lead or on its dossier, until it ends", async () => {
    portal.clock.set(START);
    const [lead, file] = [await sendReport(portal), await sendReport(portal)];
    for (const { leadId } of [lead, file]) await close(leadId);
    portal.clock.set(inYears(5));
    const batch = await agreed();
    const hold = async (leadId: string, on: "lead" | "dossier") =>
      placeHold(
        test.db,
        { leadNumber: await numberOf(leadId), on, reason: "法院调取证据", at: at() },
        triage,
      );
    const { holdId } = await hold(lead.leadId, "lead");
    await hold(file.leadId, "dossier");
    expect(await refusalOf(hold(lead.leadId, "lead"))).toBe("already_held");
    await destroyApproved(portal);
    expect(await outcomes(batch.id)).toMatchObject({ [lead.tipId]: "held", [file.tipId]: "held" });
    expect(await openField(portal, lead.tipId, "narrative")).not.toBeNull();
    // Not even drawn while it lasts.
    await drawBatch(test.db, portal.clock);
    const next = await openBatch();
    expect(Object.keys(await outcomes(next.id))).not.toContain(lead.tipId);
    if (next.id !== "") await refuseDeletion(test.db, { batchId: next.id, reason: "清空", at: at() }, triage);
    await endHold(test.db, { holdId, reason: "案件审结", at: at() }, colleague);
    expect(await refusalOf(endHold(test.db, { holdId, reason: "再次", at: at() }, colleague))).toBe(
      "not_found",
    );
    expect(
      await refusedBy(test.owner.query("update legal_holds set reason = '改写' where id = $1", [holdId])),
    ).toBe("legal_holds_history");
  });

  it("is not slipped out of by moving a report elsewhere", async () => {
    portal.clock.set(START);
    const [held, other] = [await sendReport(portal), await sendReport(portal)];
    const leadNumber = await numberOf(held.leadId);
    await placeHold(test.db, { leadNumber, on: "dossier", reason: "法院调取证据", at: at() }, triage);
    const move = attachTip(
      test.db,
      portal.pack.pack,
      { tipId: held.tipId, toLeadNumber: await numberOf(other.leadId), at: at() },
      triage,
    );
    expect(await refusalOf(move)).toBe("tip_under_hold");
    expect(
      await refusedBy(
        test.owner.query(
          "update leads set dossier_id = (select dossier_id from leads where id = $2) where id = $1",
          [held.leadId, other.leadId],
        ),
      ),
    ).toBe("legal_holds_moved");
  });

  it("is not told to who keeps away from its lead, nor is a set with a report of that lead theirs to propose", async () => {
    portal.clock.set(START);
    const { leadId } = await sendReport(portal);
    const away = await makePerson(portal, "leading-office", ["triage_officer"]);
    await test.owner.query(
      "insert into lead_recusals (id, lead_id, staff_id, reason, declared_at) values ($1, $2, $3, '亲属任职', now())",
      [uuidv7(), leadId, away.id],
    );
    const leadNumber = await numberOf(leadId);
    const { holdId } = await placeHold(
      test.db,
      { leadNumber, on: "lead", reason: "法院调取", at: at() },
      triage,
    );
    const sees = async (actor: StaffActor) => {
      const { rows } = await withActor(test.db, actor, (tx) =>
        tx.execute<{ id: string }>(`select id from legal_holds where id = '${holdId}'`),
      );
      return rows.length;
    };
    expect([await sees(away), await sees(triage)]).toEqual([0, 1]);
    expect(await refusalOf(endHold(test.db, { holdId, reason: "不再需要", at: at() }, away))).toBe(
      "not_found",
    );
    await endHold(test.db, { holdId, reason: "不再需要", at: at() }, triage);
    await close(leadId);
    portal.clock.set(inYears(6));
    await drawBatch(test.db, portal.clock);
    const batch = await openBatch();
    expect(await refusalOf(propose(batch.id, away))).toBe("recused_from_set");
    await refuseDeletion(test.db, { batchId: batch.id, reason: "清空", at: at() }, triage);
  });

  it("placed while a destruction is under way waits for it; placed first, it is seen", async () => {
    portal.clock.set(START);
    const reports = await Promise.all([1, 2, 3, 4].map(() => sendReport(portal)));
    for (const { leadId } of reports) await close(leadId);
    portal.clock.set(inYears(7));
    const batch = await agreed();
    await Promise.all([
      destroyApproved(portal),
      destroyApproved(portal),
      ...reports.map(async ({ leadId }) =>
        placeHold(
          test.db,
          { leadNumber: await numberOf(leadId), on: "lead", reason: "法院调取证据", at: at() },
          triage,
        ),
      ),
    ]);
    const found = await outcomes(batch.id);
    for (const { tipId } of reports) {
      const whole = (await openField(portal, tipId, "narrative")) !== null;
      expect(found[tipId]).toBe(whole ? "held" : "destroyed");
    }
  });
});

describe("money and the trail", () => {
  it("are proved as before: the award replays, the chain verifies", async () => {
    portal.clock.set(START);
    const desk = await makeDesk(test.db);
    const award = await makeAcceptedAward(test.db, desk);
    await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
    await payByHand(
      test.db,
      { awardId: award.awardId, paidOn: TODAY, reference: "BK20260601-0009" },
      desk.cashier.actor,
      CLOCK,
    );
    const { rows } = await test.owner.query<{ lead_id: string }>("select lead_id from tips where id = $1", [
      award.tipId,
    ]);
    await close(rows[0]?.lead_id ?? "", "substantiated");
    portal.clock.set(inYears(9));
    await drawBatch(test.db, portal.clock);
    expect(Object.keys(await outcomes((await openBatch()).id))).not.toContain(award.tipId);
    const early = await openBatch();
    if (early.id !== "")
      await refuseDeletion(test.db, { batchId: early.id, reason: "清空", at: at() }, triage);
    portal.clock.set(inYears(10));
    await sealEvents(test.db);
    const batch = await agreed();
    await destroyApproved(portal);
    expect((await outcomes(batch.id))[award.tipId]).toBe("destroyed");
    await sealEvents(test.db);
    expect(await verifyLedger(test.db)).toMatchObject({ ok: true });
    expect(await verifyChain(test.db, null)).toMatchObject({ ok: true, fault: null });
    // What the trail tells of it names no reporter and no text.
    const told = await test.owner.query<{ data: unknown }>(
      "select data from events where action = 'tip.destroyed' and subject_id = $1",
      [award.tipId],
    );
    expect(told.rows).toEqual([{ data: { category: "founded", policy: "2026.1" } }]);
  });
});
