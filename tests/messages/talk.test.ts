import { v4 as uuidv4 } from "uuid";
import { beforeAll, describe, expect, it } from "vitest";
import type { FileMeta } from "~server/evidence/file-meta";
import { expireReceipts } from "~server/jobs/expire-receipts.server";
import { readStatus } from "~server/intake/read-status.server";
import { withdrawTip } from "~server/intake/withdraw-tip.server";
import { listThread } from "~server/messages/list-thread.server";
import { markRead } from "~server/messages/mark-read.server";
import { MESSAGES_A_DAY } from "~server/messages/message-rules";
import { readOwnThread } from "~server/messages/read-own-thread.server";
import { writeOwnMessage } from "~server/messages/write-own-message.server";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { writeToReporter } from "~server/messages/write-to-reporter.server";
import { handOver } from "~server/secrecy/hand-over";
import { listKeysToHandOver, storeHandedOver } from "~server/secrecy/hand-over-keys.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { createReceipt } from "~server/secrecy/receipt";
import type { StaffActor } from "~server/staff-auth/actor";
import { listBoard } from "~server/triage/list-board.server";
import { readLead } from "~server/triage/read-lead.server";
import { makePerson } from "~tests/factories/make-lead";
import {
  readAsStaff,
  reportWithReceipt,
  sayAsReporter,
  sayAsStaff,
  sealAs,
} from "~tests/factories/make-thread";
import { holdKeys } from "~tests/factories/office-keys";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: { actor: StaffActor; keyring: OpenKeyring };
let officer: { actor: StaffActor; keyring: OpenKeyring };

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  const make = async (agency: string, role: "triage_officer" | "agency_officer") => {
    const actor = await makePerson(portal, agency, [role]);
    return { actor, keyring: await holdKeys(portal, actor) };
  };
  triage = await make("leading-office", "triage_officer");
  officer = await make("police", "agency_officer");
});

const at = () => portal.clock.now();
const own = (receipt: Parameters<typeof sayAsReporter>[1]) => readOwnThread(portal, { receipt });
const storedFor = async (tipId: string) =>
  (
    await test.db.pool.query<Record<string, unknown>>(
      "select * from tip_messages where tip_id = $1 order by message_no",
      [tipId],
    )
  ).rows;
const eventsOf = async (action: string, subject: string) =>
  (
    await test.db.pool.query<{ actor_kind: string; data: unknown; recorded_at: Date | null }>(
      "select actor_kind, data, recorded_at from events where action = $1 and subject_id = $2 order by seq",
      [action, subject],
    )
  ).rows;

/** The lead handed to the police, with its keys. */
async function give(leadId: string): Promise<void> {
  await test.owner.query(
    "insert into lead_agencies (id, lead_id, agency_id, relation) values (gen_random_uuid(), $1, 'jinhua.police', 'lead')",
    [leadId],
  );
  await test.owner.query("update leads set stage = 'investigating' where id = $1", [leadId]);
  const { keys } = await listKeysToHandOver(portal.db, { leadIds: [leadId], at: at() }, triage.actor);
  const sealed = (await Promise.all(keys.map((key) => handOver(key, triage.keyring.roleKeys)))).filter(
    (key) => key !== null,
  );
  await storeHandedOver(portal.db, { keys: sealed, at: at() }, triage.actor);
}

describe("a reporter and staff", () => {
  it("talk both ways, each side opening what the other wrote, and the tables hold no word of it", async () => {
    const sent = await reportWithReceipt(portal);
    await sayAsReporter(portal, sent.receipt, "我还有一张收据 canary-message");
    await sayAsStaff(portal, sent, "收据上盖的是哪个单位的章？canary-message", triage, "question");
    const thread = await own(sent.receipt);
    expect(
      thread?.messages.map(({ direction, kind, text, fresh }) => [direction, kind, text, fresh]),
    ).toEqual([
      ["in", "text", "我还有一张收据 canary-message", false],
      ["out", "question", "收据上盖的是哪个单位的章？canary-message", true],
    ]);
    expect(thread?.questionOn).toBe("2026-03-02");
    expect(await readAsStaff(portal, sent, triage)).toEqual(thread?.messages.map(({ text }) => text));
    for (const row of await storedFor(sent.tipId)) {
      for (const value of Object.values(row)) {
        const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value));
        expect(bytes.includes(Buffer.from("canary"))).toBe(false);
      }
    }
    // An answer ends the waiting.
    await sayAsReporter(portal, sent.receipt, "盖的是分公司的章");
    expect((await own(sent.receipt))?.questionOn).toBeNull();
  });

  it("a question stops the clocks of a lead under way, and its answer lets them run on at once", async () => {
    const sent = await reportWithReceipt(portal);
    const facts = { suspectedCrime: false, petition: false, nested: false };
    const input = { leadId: sent.leadId, version: 1, sector: "p2p", triage: facts, insteadLeadBy: null };
    await dispatchLead(portal.db, portal.pack, { ...input, reason: null, at: at() }, triage.actor);
    const due = async () =>
      (
        await test.owner.query<{ due: string | null }>(
          "select accept_due_on::text as due from leads where id = $1",
          [sent.leadId],
        )
      ).rows[0]?.due;
    const before = await due();
    await sayAsStaff(portal, sent, "情况属实吗", triage);
    expect(await due()).toBe(before);
    await sayAsStaff(portal, sent, "收据上盖的是哪个单位的章？", triage, "question");
    expect(await due()).toBeNull();
    await sayAsReporter(portal, sent.receipt, "盖的是分公司的章");
    expect(await due()).toBe(before);
    expect(before).not.toBeNull();
  });

  it("a reporter who joined a lead under way is told where it stands once staff wrote to them, and no other is", async () => {
    const subject = { subjectKind: "site", name: "问过的平台", sites: "asked.example", uscc: "" };
    const first = await reportWithReceipt(portal, { subject });
    const facts = { suspectedCrime: false, petition: false, nested: false };
    const input = { leadId: first.leadId, version: 1, sector: "p2p", triage: facts, insteadLeadBy: null };
    await dispatchLead(portal.db, portal.pack, { ...input, reason: null, at: at() }, triage.actor);
    const asked = await reportWithReceipt(portal, { subject });
    const silent = await reportWithReceipt(portal, { subject });
    expect([asked.leadId, silent.leadId]).toEqual([first.leadId, first.leadId]);
    const told = ({ receipt }: typeof asked) => readStatus(portal, { lookupId: lookupIdOf(receipt) });
    const untold = { stage: "received", department: null, nextDeadline: null };
    // What the reporter writes themselves tells nothing.
    await sayAsReporter(portal, asked.receipt, "请问办到哪里了");
    expect(await told(asked)).toMatchObject(untold);
    await sayAsStaff(portal, asked, "正在核对。", triage);
    const body = { zh: expect.any(String) as string };
    const now = { stage: "assigned", department: body, nextDeadline: { kind: "accept" } };
    // The days on which others' reports moved the lead stay untold.
    expect(await told(asked)).toMatchObject({ ...now, timeline: [{ key: "received" }] });
    expect(await told(silent)).toMatchObject(untold);
    // A question stops the clock, which is told as it is: none runs.
    await sayAsStaff(portal, asked, "您是哪天付的款？", triage, "question");
    expect(await told(asked)).toMatchObject({ stage: "assigned", nextDeadline: null });
  });

  it("know each other by body and day alone", async () => {
    const sent = await reportWithReceipt(portal);
    await sayAsStaff(portal, sent, "您好", triage);
    await sayAsReporter(portal, sent.receipt, "您好");
    const thread = await own(sent.receipt);
    expect(thread?.messages[0]?.from?.zh).toContain("办公室");
    expect(JSON.stringify(thread)).not.toContain(triage.actor.displayName);
    const [written] = await eventsOf("message.written", sent.tipId);
    const byReporter = (await eventsOf("message.written", sent.tipId)).find(
      (one) => one.actor_kind === "reporter",
    );
    expect(written?.actor_kind).toBe("staff");
    expect(byReporter).toMatchObject({ recorded_at: null, data: {} });
  });

  it("of whom the body that leads the lead reads what came before and writes as well, once its key is handed over", async () => {
    const sent = await reportWithReceipt(portal);
    await sayAsReporter(portal, sent.receipt, "转办以前写的");
    expect(await refusalOf(listThread(portal.db, { ...sent, before: null }, officer.actor))).toBe(
      "not_found",
    );
    await give(sent.leadId);
    expect(await readAsStaff(portal, sent, officer)).toEqual(["转办以前写的"]);
    await sayAsStaff(portal, sent, "我们是承办单位", officer);
    expect(await readAsStaff(portal, sent, triage)).toEqual(["转办以前写的", "我们是承办单位"]);
    expect((await own(sent.receipt))?.messages[1]?.text).toBe("我们是承办单位");
  });

  it("do not meet across tips: another receipt, another tip's id, another lead open nothing", async () => {
    const [mine, other] = [await reportWithReceipt(portal), await reportWithReceipt(portal)];
    await sayAsReporter(portal, mine.receipt, "只给我这一条");
    expect((await own(other.receipt))?.messages).toEqual([]);
    // A row moved to another tip opens for nobody.
    await test.owner.query("alter table tip_messages disable trigger user");
    await test.owner.query("update tip_messages set tip_id = $1 where tip_id = $2", [
      other.tipId,
      mine.tipId,
    ]);
    await test.owner.query("alter table tip_messages enable trigger user");
    expect((await own(other.receipt))?.messages.map(({ text }) => text)).toEqual([null]);
    expect(await readAsStaff(portal, other, triage)).toEqual(["broken"]);
    const crossed = { leadId: other.leadId, tipId: mine.tipId, before: null };
    const same = mine.leadId === other.leadId;
    expect(await refusalOf(listThread(portal.db, crossed, triage.actor))).toBe(
      same ? "accepted" : "not_found",
    );
    for (const tipId of ["", "x", uuidv4()])
      expect(await refusalOf(listThread(portal.db, { ...crossed, tipId }, triage.actor))).toBe("not_found");
  });
});

describe("a message", () => {
  it("sent twice by one form is one; changed after going back it is another", async () => {
    const { receipt, tipId } = await reportWithReceipt(portal);
    const formId = uuidv4();
    expect(await sayAsReporter(portal, receipt, "一", { formId })).toEqual({ outcome: "written" });
    expect(await sayAsReporter(portal, receipt, "一", { formId })).toEqual({ outcome: "already" });
    expect(await sayAsReporter(portal, receipt, "二", { formId })).toEqual({ outcome: "written" });
    expect(await storedFor(tipId)).toHaveLength(2);
  });

  it("racing with itself is stored once, from either side", async () => {
    const sent = await reportWithReceipt(portal);
    const formId = uuidv4();
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => sayAsReporter(portal, sent.receipt, "抢着发", { formId })),
    );
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual([
      ...Array.from({ length: 5 }, () => "already"),
      "written",
    ]);
    const sealed = await sealAs(portal, sent, "也只发一次", triage);
    const write = () => writeToReporter(portal.db, { ...sent, kind: "text", sealed, at: at() }, triage.actor);
    const staff = await Promise.all([write(), write(), write()]);
    expect(staff.map(({ outcome }) => outcome).sort()).toEqual(["already", "already", "written"]);
    expect(await storedFor(sent.tipId)).toHaveLength(2);
  });

  it("is one of twenty a day, however many are sent at once, and the next day goes on", async () => {
    const sent = await reportWithReceipt(portal);
    const outcomes = await Promise.all(
      Array.from({ length: MESSAGES_A_DAY + 5 }, (_, n) =>
        refusalOf(sayAsReporter(portal, sent.receipt, `第${n}条`)),
      ),
    );
    expect(outcomes.filter((one) => one === "accepted")).toHaveLength(MESSAGES_A_DAY);
    expect(new Set(outcomes)).toEqual(new Set(["accepted", "too_many_messages"]));
    // The other side has its own share, and one sent already is still one.
    await sayAsStaff(portal, sent, "请歇一歇", triage);
    portal.clock.set("2026-03-03T02:00:00Z");
    expect(await refusalOf(sayAsReporter(portal, sent.receipt, "第二天"))).toBe("accepted");
    portal.clock.set("2026-03-02T02:00:00Z");
  });

  it("is neither read nor written any more once the receipt is withdrawn or expired", async () => {
    for (const how of ["withdrawn", "expired"] as const) {
      const sent = await reportWithReceipt(portal);
      await sayAsReporter(portal, sent.receipt, "以前的");
      const sealed = await sealAs(portal, sent, "送不到的", triage);
      if (how === "withdrawn") await withdrawTip(portal, { lookupId: lookupIdOf(sent.receipt) });
      else {
        await test.owner.query(
          "update leads set stage = 'closed', closure_code = 'unsubstantiated', closed_at = '2020-01-01' where id = $1",
          [sent.leadId],
        );
        await expireReceipts(portal.db, portal.clock);
      }
      expect(await own(sent.receipt)).toBeNull();
      expect(await refusalOf(sayAsReporter(portal, sent.receipt, "还想说"))).toBe("not_found");
      const written = writeToReporter(portal.db, { ...sent, kind: "text", sealed, at: at() }, triage.actor);
      expect(await refusalOf(written)).toBe("receipt_closed");
      expect((await listThread(portal.db, { ...sent, before: null }, triage.actor)).closed).toBe(how);
      // What was said stays with the office.
      expect(await readAsStaff(portal, sent, triage)).toEqual(["以前的"]);
    }
  });

  it("cannot be sent about a report nobody has, nor about one from before messages", async () => {
    expect(await refusalOf(sayAsReporter(portal, createReceipt(), "无"))).toBe("not_found");
    const sent = await reportWithReceipt(portal);
    const sealed = await sealAs(portal, sent, "旧", triage);
    // A tip is never edited: its history rule is put aside to make it an old one.
    await test.owner.query("alter table tips disable trigger user");
    await test.owner.query("update tips set content_key = null, reply_key = null where id = $1", [
      sent.tipId,
    ]);
    await test.owner.query("alter table tips enable trigger user");
    expect(await refusalOf(sayAsReporter(portal, sent.receipt, "旧"))).toBe("no_tip_keys");
    const written = writeToReporter(portal.db, { ...sent, kind: "text", sealed, at: at() }, triage.actor);
    expect(await refusalOf(written)).toBe("no_tip_keys");
    expect((await own(sent.receipt))?.open).toBe(false);
  });

  it("is never edited, unread again, or marked by who wrote it", async () => {
    const sent = await reportWithReceipt(portal);
    await sayAsReporter(portal, sent.receipt, "不能改");
    const change = (set: string) =>
      refusedBy(test.owner.query(`update tip_messages set ${set} where tip_id = $1`, [sent.tipId]));
    expect(await change("written_on = '2020-01-01'")).toBe("tip_messages_history");
    expect(await change("outcome = 'reopened', outcome_on = '2026-03-02'")).toBe("tip_messages_outcome_ck");
    await test.owner.query("update tip_messages set read_on = '2026-03-02' where tip_id = $1", [sent.tipId]);
    expect(await change("read_on = null")).toBe("tip_messages_history");
    expect(await change("read_on = '2026-03-05'")).toBe("tip_messages_history");
  });
});

describe("files sent with a message", () => {
  it("are described in its sealed text, tied to it in one transaction, and make it evidence", async () => {
    const sent = await reportWithReceipt(portal);
    const tied: unknown[] = [];
    const files = {
      described: [
        {
          id: uuidv4(),
          name: "合同.pdf",
          type: "pdf",
          size: 1,
          sha256: "00",
          key: "AA",
          copy: null,
          scan: "off",
        },
      ] satisfies FileMeta[],
      attach: (_tx: unknown, to: unknown) => Promise.resolve(void tied.push(to)),
    };
    const say = (over: object) =>
      writeOwnMessage(portal, {
        receipt: sent.receipt,
        formId: uuidv4(),
        kind: "text",
        text: "见附件",
        files,
        ...over,
      });
    await say({});
    const [message] = (await own(sent.receipt))?.messages ?? [];
    expect(message).toMatchObject({ kind: "evidence", files: 1, text: "见附件" });
    expect(tied).toEqual([{ tipId: sent.tipId, messageId: message?.id }]);
    const fails = { ...files, attach: () => Promise.reject(new Error("gone")) };
    await expect(say({ files: fails })).rejects.toThrow("gone");
    expect((await own(sent.receipt))?.messages).toHaveLength(1);
  });
});

describe("what is unread", () => {
  it("stands on tip, lead and card until somebody opens it, and then for nobody", async () => {
    const sent = await reportWithReceipt(portal);
    await sayAsReporter(portal, sent.receipt, "一");
    await sayAsReporter(portal, sent.receipt, "二");
    const look = async (actor = triage.actor) => {
      const page = await readLead(portal.db, { leadId: sent.leadId, tipsPage: 1, at: at() }, actor);
      const cards = (await listBoard(portal.db, { filters: {} }, actor)).flatMap((column) => column.cards);
      return {
        tip: page.tips.find(({ id }) => id === sent.tipId)?.thread,
        news: page.news.find(({ tipId }) => tipId === sent.tipId)?.unread ?? 0,
        card: cards.find(({ id }) => id === sent.leadId)?.unread,
      };
    };
    const before = await look();
    expect(before).toMatchObject({ tip: { messages: 2, unread: 2, wish: false }, news: 2 });
    expect(before.card).toBeGreaterThanOrEqual(2);
    const auditor = await makePerson(portal, "leading-office", ["auditor"]);
    expect(await look(auditor)).toEqual({ tip: null, news: 0, card: 0 });
    const { messages } = await listThread(portal.db, { ...sent, before: null }, triage.actor);
    const ids = messages.map(({ id }) => id);
    expect(await markRead(portal.db, { ...sent, ids, at: at() }, triage.actor)).toEqual({ marked: 2 });
    expect(await markRead(portal.db, { ...sent, ids, at: at() }, triage.actor)).toEqual({ marked: 0 });
    const after = await look();
    expect(after).toMatchObject({ tip: { messages: 2, unread: 0 }, news: 0 });
    expect(after.card).toBe((before.card ?? 0) - 2);
    expect(await eventsOf("message.read", sent.leadId)).toMatchObject([
      { data: { tipId: sent.tipId, messages: 2 } },
    ]);
  });

  it("makes a list of its own on the board", async () => {
    const [quiet, loud] = [
      await reportWithReceipt(portal, {
        subject: { subjectKind: "site", name: "安静", sites: "https://quiet.example/", uscc: "" },
      }),
      await reportWithReceipt(portal, {
        subject: { subjectKind: "site", name: "有话", sites: "https://loud.example/", uscc: "" },
      }),
    ];
    await sayAsReporter(portal, loud.receipt, "有话说");
    const columns = await listBoard(portal.db, { filters: { newsOnly: true } }, triage.actor);
    const ids = columns.flatMap(({ cards }) => cards.map(({ id }) => id));
    expect(ids).toContain(loud.leadId);
    expect(ids).not.toContain(quiet.leadId);
  });

  it("on the reporter's side is what they see for the first time, and staff learn the day", async () => {
    const sent = await reportWithReceipt(portal);
    await sayAsStaff(portal, sent, "您好", triage);
    const seenOn = async () =>
      (await listThread(portal.db, { ...sent, before: null }, triage.actor)).messages[0]?.readOn;
    expect(await seenOn()).toBeNull();
    expect((await own(sent.receipt))?.messages[0]?.fresh).toBe(true);
    expect((await own(sent.receipt))?.messages[0]?.fresh).toBe(false);
    expect(await seenOn()).toBe("2026-03-02");
    expect(await eventsOf("message.read", sent.tipId)).toMatchObject([
      { actor_kind: "reporter", recorded_at: null },
    ]);
  });
});
