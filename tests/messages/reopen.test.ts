import { beforeAll, describe, expect, it } from "vitest";
import { action as leadAction } from "~/routes/staff.leads.$leadId";
import { readStatus } from "~server/intake/read-status.server";
import { withdrawTip } from "~server/intake/withdraw-tip.server";
import { readOwnThread } from "~server/messages/read-own-thread.server";
import { declineWish } from "~server/messages/write-to-reporter.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import type { StaffActor } from "~server/staff-auth/actor";
import { attachTip } from "~server/triage/attach-tip.server";
import { listBoard } from "~server/triage/list-board.server";
import { readLead } from "~server/triage/read-lead.server";
import { reopenLead } from "~server/triage/reopen-lead.server";
import { leadRow, makePerson } from "~tests/factories/make-lead";
import { reportWithReceipt, sayAsReporter, sealAs } from "~tests/factories/make-thread";
import { holdKeys } from "~tests/factories/office-keys";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: { actor: StaffActor; keyring: OpenKeyring };
let officer: StaffActor;
let mark = 0;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  const actor = await makePerson(portal, "leading-office", ["triage_officer"]);
  triage = { actor, keyring: await holdKeys(portal, actor) };
  officer = await makePerson(portal, "police", ["agency_officer"]);
});

const at = () => portal.clock.now();

/** A report on a lead of its own, closed and still held by the police. */
async function closed(code = "insufficient", stage = "closed") {
  mark += 1;
  const site = `https://closed-${mark}.example/`;
  const sent = await reportWithReceipt(portal, {
    subject: { subjectKind: "site", name: `已办结${mark}`, sites: site, uscc: "" },
  });
  await test.owner.query(
    "insert into lead_agencies (id, lead_id, agency_id, relation) values (gen_random_uuid(), $1, 'jinhua.police', 'lead')",
    [sent.leadId],
  );
  await test.owner.query("update leads set stage = $2, closure_code = $3, closed_at = now() where id = $1", [
    sent.leadId,
    stage,
    code,
  ]);
  return { ...sent, site };
}
const ask = (sent: { receipt: Parameters<typeof sayAsReporter>[1] }, text = "我找到了合同") =>
  sayAsReporter(portal, sent.receipt, text, { kind: "reopen" });
const reopen = async (leadId: string, actor = triage.actor) =>
  reopenLead(
    portal.db,
    { leadId, version: (await leadRow(portal, leadId)).version, note: "有新的证据。", at: at() },
    actor,
  );
const wishesOf = async (receipt: Parameters<typeof sayAsReporter>[1]) =>
  (await readOwnThread(portal, { receipt }))?.messages
    .filter(({ kind }) => kind === "reopen")
    .map(({ outcome }) => outcome);

describe("a wish to open a matter again", () => {
  it("is for closed matters, with one waiting at a time, also when two are sent at once", async () => {
    const open = await reportWithReceipt(portal);
    expect(await refusalOf(ask(open))).toBe("not_closed");
    for (const sent of [await closed(), await closed("rejected", "rejected")]) {
      const outcomes = await Promise.all([1, 2, 3].map((n) => refusalOf(ask(sent, `理由${n}`))));
      expect(outcomes.sort()).toEqual(["accepted", "wish_waiting", "wish_waiting"]);
    }
  });

  it("stands on the board and the lead for triage", async () => {
    const sent = await closed();
    await ask(sent);
    const column = await listBoard(portal.db, { filters: { newsOnly: true }, stage: "closed" }, triage.actor);
    expect(column[0]?.cards.find(({ id }) => id === sent.leadId)).toMatchObject({ unread: 1, wishes: 1 });
    const page = await readLead(portal.db, { leadId: sent.leadId, tipsPage: 1, at: at() }, triage.actor);
    expect(page.news).toEqual([{ tipId: sent.tipId, rank: 1, unread: 1, wish: true }]);
    expect(page.tips[0]?.thread).toMatchObject({ wish: true });
  });

  it("granted brings the lead back to 研判 in the office alone, and the reporter is told", async () => {
    const sent = await closed();
    await ask(sent);
    await reopen(sent.leadId);
    expect(await leadRow(portal, sent.leadId)).toMatchObject({ stage: "triage", closureCode: null });
    expect(
      await refusalOf(readLead(portal.db, { leadId: sent.leadId, tipsPage: 1, at: at() }, officer)),
    ).toBe("not_found");
    expect(await wishesOf(sent.receipt)).toEqual(["reopened"]);
    const status = await readStatus(portal, { lookupId: lookupIdOf(sent.receipt) });
    expect(status).toMatchObject({ stage: "reviewing", closure: null });
    expect(status?.kind === "tip" && status.timeline[0]?.key).toBe("reopened");
    // Answered: a later closure may be asked about anew.
    expect(await refusalOf(reopen(sent.leadId))).toBe("move_not_allowed");
    await test.owner.query(
      "update leads set stage = 'closed', closure_code = 'insufficient', closed_at = now() where id = $1",
      [sent.leadId],
    );
    expect(await refusalOf(ask(sent, "再次申请"))).toBe("accepted");
  });

  it("declined carries a sentence to the reporter, once", async () => {
    const sent = await closed();
    await ask(sent);
    const wishId = (await readOwnThread(portal, { receipt: sent.receipt }))?.messages[0]?.id ?? "";
    const decline = async (actor = triage.actor) =>
      declineWish(
        portal.db,
        { ...sent, wishId, sealed: await sealAs(portal, sent, "合同与本案无关。", triage), at: at() },
        actor,
      );
    const outcomes = await Promise.all([refusalOf(decline()), refusalOf(decline())]);
    expect(outcomes.sort()).toEqual(["accepted", "no_wish"]);
    expect(await wishesOf(sent.receipt)).toEqual(["declined"]);
    const texts = (await readOwnThread(portal, { receipt: sent.receipt }))?.messages.map(({ text }) => text);
    expect(texts).toEqual(["我找到了合同", "合同与本案无关。"]);
    expect(await leadRow(portal, sent.leadId)).toMatchObject({ stage: "closed" });
    expect(await refusalOf(reopen(sent.leadId))).toBe("no_wish");
  });

  it("is triage's to answer: not the body's officer, not on a lead that changed, not without a wish", async () => {
    const sent = await closed();
    expect(await refusalOf(reopen(sent.leadId))).toBe("no_wish");
    await ask(sent);
    expect(await refusalOf(reopen(sent.leadId, officer))).toBe("move_not_allowed");
    const wishId = (await readOwnThread(portal, { receipt: sent.receipt }))?.messages[0]?.id ?? "";
    const sealed = await sealAs(portal, sent, "不", triage);
    expect(await refusalOf(declineWish(portal.db, { ...sent, wishId, sealed, at: at() }, officer))).toBe(
      "not_found",
    );
    const stale = reopenLead(
      portal.db,
      { leadId: sent.leadId, version: 99, note: "理由", at: at() },
      triage.actor,
    );
    expect(await refusalOf(stale)).toBe("stale_lead");
    const other = await closed();
    const crossed = declineWish(
      portal.db,
      { ...other, wishId, sealed: { ...sealed }, at: at() },
      triage.actor,
    );
    expect(await refusalOf(crossed)).toBe("no_wish");
    expect(await wishesOf(sent.receipt)).toEqual([null]);
    // Below the functions: a wish is answered once, and no other message has an answer.
    const answer = (outcome: string) =>
      refusedBy(
        test.owner.query(
          "update tip_messages set outcome = $2, outcome_on = current_date where tip_id = $1",
          [sent.tipId, outcome],
        ),
      );
    expect(await answer("declined")).toBe("accepted");
    expect(await answer("reopened")).toBe("tip_messages_history");
  });

  it("is not needed where triage opens the lead of its own accord, with a reason; its reporter hears of it", async () => {
    const sent = await closed();
    const { version } = await leadRow(portal, sent.leadId);
    const again = (actor: StaffActor) =>
      reopenLead(
        portal.db,
        { leadId: sent.leadId, version, note: "需要撤销合并", own: true, at: at() },
        actor,
      );
    expect(await refusalOf(again(officer))).toBe("move_not_allowed");
    const outcomes = await Promise.all([refusalOf(again(triage.actor)), refusalOf(again(triage.actor))]);
    expect(outcomes.sort()).toEqual(["accepted", "stale_lead"]);
    const status = await readStatus(portal, { lookupId: lookupIdOf(sent.receipt) });
    expect(status).toMatchObject({ stage: "reviewing", closure: null });
    expect(status?.kind === "tip" && status.timeline[0]?.key).toBe("reopened");
    const { rows } = await test.owner.query(
      "select data->>'note' as note from events where lead_id = $1 and data->>'reopened' = 'true'",
      [sent.leadId],
    );
    expect(rows).toEqual([{ note: "需要撤销合并" }]);
    await test.owner.query(
      "update leads set stage = 'closed', closure_code = 'duplicate', closed_at = now() where id = $1",
      [sent.leadId],
    );
    const merged = { leadId: sent.leadId, version: version + 1, note: "理由", own: true, at: at() };
    expect(await refusalOf(reopenLead(portal.db, merged, triage.actor))).toBe("lead_is_duplicate");
  });

  it("lapses with its receipt, and waits for nobody on the board any more", async () => {
    const sent = await closed();
    await ask(sent);
    await withdrawTip(portal, { lookupId: lookupIdOf(sent.receipt) });
    const { rows } = await test.db.pool.query("select outcome from tip_messages where tip_id = $1", [
      sent.tipId,
    ]);
    expect(rows).toEqual([{ outcome: "lapsed" }]);
    const [column] = await listBoard(portal.db, { filters: {}, stage: "closed" }, triage.actor);
    expect(column?.cards.find(({ id }) => id === sent.leadId)?.wishes).toBe(0);
    expect(await refusalOf(reopen(sent.leadId))).toBe("no_wish");
  });

  it("gives way to a newer matter about the same subject, and is answered by joining it", async () => {
    const sent = await closed();
    const next = await reportWithReceipt(portal, {
      subject: { subjectKind: "site", name: "再次出现", sites: sent.site, uscc: "" },
    });
    expect(next.leadId).not.toBe(sent.leadId);
    await ask(sent);
    expect(await refusalOf(reopen(sent.leadId))).toBe("subject_open");
    expect(await wishesOf(sent.receipt)).toEqual([null]);
    const { rows } = await test.db.pool.query<{ number: string }>("select number from leads where id = $1", [
      next.leadId,
    ]);
    const toLeadNumber = Number(rows[0]?.number);
    await attachTip(portal.db, portal.pack.pack, { tipId: sent.tipId, toLeadNumber, at: at() }, triage.actor);
    expect(await wishesOf(sent.receipt)).toEqual(["reopened"]);
  });

  it("is granted from the lead's page with a reason, which stays inside", async () => {
    const sent = await closed();
    await ask(sent);
    const { version } = await leadRow(portal, sent.leadId);
    const post = (form: Record<string, string>) =>
      call(leadAction, {
        portal,
        actor: triage.actor,
        url: `/staff/leads/${sent.leadId}`,
        params: { leadId: sent.leadId },
        form: { intent: "reopen", tipId: sent.tipId, version: String(version), ...form },
      });
    expect(await post({ reopenNote: " " })).toMatchObject({
      status: 400,
      body: { intent: "reopen", of: sent.tipId, state: { errors: { reopenNote: "needsReopenNote" } } },
    });
    const done = await post({ reopenNote: "内部理由" });
    expect(done.location).toBe(`/staff/leads/${sent.leadId}?done=reopened`);
    const status = await readStatus(portal, { lookupId: lookupIdOf(sent.receipt) });
    expect(JSON.stringify(status)).not.toContain("内部理由");
  });
});
