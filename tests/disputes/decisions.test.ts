import { sql } from "drizzle-orm";
import { action, loader } from "~/routes/staff.leads.$leadId_.dispute";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loader as printed } from "~/routes/staff.leads.$leadId_.dispute_.minutes";
import { openDatabase, type Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { answerReopening } from "~server/disputes/answer-reopening.server";
import { askReopening } from "~server/disputes/ask-reopening.server";
import { editQuestion } from "~server/disputes/edit-question.server";
import { readDispute } from "~server/disputes/read-dispute.server";
import { recordProceeding, remindParties } from "~server/disputes/record-proceeding.server";
import { composeStaffMail } from "~server/notifications/compose-staff-mail";
import { readLeadForMail } from "~server/notifications/read-lead-for-mail.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { declareRecusal } from "~server/triage/declare-recusal.server";
import { moveLead } from "~server/triage/move-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import { leadRow, makePerson } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { call } from "~tests/setup/call-route";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

import { BASIS, makeDisputeCast, now, type DisputeCast } from "~tests/factories/dispute-cast";

const test = testDatabase();
let portal: TestPortal;
/** As the server connects: nothing preset, row-level security in force. */
let plain: Database;
let triage: DisputeCast["triage"];
let mediator: DisputeCast["mediator"];
let bank: DisputeCast["bank"];
let market: DisputeCast["market"];
let police: DisputeCast["police"];
let stranger: DisputeCast["stranger"];
let auditor: DisputeCast["auditor"];
let versionOf: DisputeCast["versionOf"];
let move: DisputeCast["move"];
let dispatch: DisputeCast["dispatch"];
let disputed: DisputeCast["disputed"];
let say: DisputeCast["say"];
let decide: DisputeCast["decide"];
let decided: DisputeCast["decided"];
let idOf: DisputeCast["idOf"];

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  plain = openDatabase(test.applicationUrl, { max: 4 });
  ({
    triage,
    mediator,
    bank,
    market,
    police,
    stranger,
    auditor,
    versionOf,
    move,
    dispatch,
    disputed,
    say,
    decide,
    decided,
    idOf,
  } = await makeDisputeCast(portal, plain));
});
afterAll(() => plain.pool.end());

describe("a decision", () => {
  it("waits until every body was heard or reminded, and is the office's", async () => {
    const leadId = await disputed();
    expect(await refusalOf(dispatch(leadId, null))).toBe("dispute_open");
    expect(await refusalOf(dispatch(leadId, bank.agencyId))).toBe("dispute_open");
    expect(await refusalOf(decide(leadId, {}, bank))).toBe("not_mediator");
    await say(leadId, bank);
    expect(await refusalOf(decide(leadId))).toBe("unheard");
    expect(await refusalOf(remindParties(plain, { leadId, at: now() }, market))).toBe("not_mediator");
    await remindParties(plain, { leadId, at: now() }, triage);
    expect(await refusalOf(decide(leadId, { version: 99 }))).toBe("stale_dispute");
    expect(await refusalOf(decide(leadId, { agencyIds: ["jinhua.nobody"] }))).toBe("unknown_agency");
    expect(await refusalOf(decide(leadId, { outcome: "joint" }))).toBe("wrong_bodies");
    expect(await refusalOf(decide(leadId, { byGroup: true }))).toBe("not_answered");
    await decide(leadId);
    expect(await refusalOf(decide(leadId))).toBe("dispute_ended");
    expect(await refusalOf(say(leadId, market))).toBe("dispute_ended");
  });

  it("for joint handling gives the lead to all it names, keeps who held it, and says by which dispute", async () => {
    const leadId = await disputed();
    await say(leadId, bank);
    await say(leadId, market);
    const dispute = await idOf(leadId);
    await decide(leadId, { outcome: "joint", agencyIds: [market.agencyId, bank.agencyId] });
    // Whatever other body is named: the decision is followed.
    await dispatch(leadId, "jinhua.commerce");
    const { rows } = await test.owner.query<{ agency_id: string; relation: string; live: boolean }>(
      `select agency_id, relation, to_at is null as live from lead_agencies where lead_id = $1 and relation in ('lead', 'co_lead')
        order by to_at is null, relation desc, agency_id`,
      [leadId],
    );
    expect(rows).toEqual([
      { agency_id: bank.agencyId, relation: "lead", live: false },
      { agency_id: market.agencyId, relation: "lead", live: false },
      { agency_id: market.agencyId, relation: "lead", live: true },
      { agency_id: bank.agencyId, relation: "co_lead", live: true },
    ]);
    const page = await readLead(plain, { leadId, tipsPage: null, at: now() }, bank);
    expect(page.confirmed).toMatchObject({
      ...{ overridden: true, reason: "按会商决定转办，依据：方案三 末段" },
    });
    expect(page.history[0]).toMatchObject({ action: "lead.dispatched", data: { dispute, overridden: true } });
  });

  it("of the leading group is carried out once the group was asked and has answered", async () => {
    const leadId = await disputed();
    await remindParties(plain, { leadId, at: now() }, triage);
    const record = (kind: "meeting" | "expert" | "escalated" | "answered", over: object = {}) =>
      recordProceeding(
        plain,
        {
          ...{ leadId, kind, heldOn: "2026-03-01", people: "领导小组", summary: "研究牵头部门" },
          ...{
            documentNumber: ["meeting", "expert"].includes(kind) ? null : "金互金整治〔2026〕9号",
            at: now(),
            ...over,
          },
        },
        triage,
      );
    expect(await refusalOf(record("answered"))).toBe("not_escalated");
    expect(await refusalOf(record("meeting", { heldOn: "2026-12-01" }))).toBe("future_day");
    await record("meeting");
    await record("expert", { people: "专家组二人", summary: "实质是借贷撮合" });
    await record("escalated");
    expect(await refusalOf(decide(leadId, { byGroup: true }))).toBe("not_answered");
    await record("answered");
    await decide(leadId, { byGroup: true });
    const read = await readDispute(plain, { leadId }, market);
    expect(read.decision).toMatchObject({ byGroup: true });
    // Experts consulted stand on its record, for the bodies heard.
    expect(read.records.find(({ kind }) => kind === "expert")).toMatchObject({ people: "专家组二人" });
  });

  it("is not made by who is recused, nor by who spoke for a party", async () => {
    const leadId = await disputed();
    const both = await makePerson(portal, "banking-regulation", ["agency_officer", "triage_officer"]);
    await say(leadId, both);
    await say(leadId, market);
    expect(await refusalOf(decide(leadId, {}, both))).toBe("own_part");
    const conflicted = await makePerson(portal, "leading-office", ["triage_officer"]);
    await declareRecusal(plain, { leadId, reason: "亲属任职", at: now() }, conflicted);
    expect(await refusalOf(decide(leadId, {}, conflicted))).toBe("not_found");
    const raw = (by: StaffActor) =>
      test.owner.query(
        `insert into dispute_decisions (id, dispute_id, lead_id, outcome, by_group, agency_ids, legal_basis, reasons, decided_by, decided_at)
         select $1, id, lead_id, 'single', false, array[$2], '依据', '理由', $3, now() from disputes where lead_id = $4 and status = 'open'`,
        [uuidv7(), market.agencyId, by.id, leadId],
      );
    expect(await refusedBy(raw(conflicted))).toBe("dispute_decisions_recused");
    expect(await refusedBy(raw(both))).toBe("dispute_decisions_own_part");
    expect(await refusedBy(raw(mediator))).toBe("accepted");
  });

  it("made twice at once is one, and the question may change until then", async () => {
    const leadId = await disputed();
    await say(leadId, bank);
    await say(leadId, market);
    await editQuestion(plain, { leadId, version: 1, question: "名义还是实质？", at: now() }, triage);
    expect(
      await refusalOf(editQuestion(plain, { leadId, version: 1, question: "另一问", at: now() }, mediator)),
    ).toBe("stale_dispute");
    const outcomes = await Promise.all([1, 2, 3].map(() => refusalOf(decide(leadId, { version: 2 }))));
    expect(outcomes.filter((one) => one === "accepted")).toHaveLength(1);
    expect(outcomes.every((one) => ["accepted", "stale_dispute", "dispute_ended"].includes(one))).toBe(true);
    const again = "update disputes set status = 'open', ended_at = null where lead_id = $1";
    expect(await refusedBy(test.owner.query(again, [leadId]))).toBe("disputes_history");
  });

  it("is not waited for where the lead is refused: its dispute ends with it", async () => {
    const leadId = await disputed();
    const version = await versionOf(leadId);
    await readLead(plain, { leadId, tipsPage: 1, at: now() }, triage);
    const input = { leadId, to: "rejected" as const, version, note: "不属于受理范围", legalBasis: null };
    await moveLead(plain, { ...input, proposedBody: null, closureCode: null, at: now() }, triage);
    expect((await readDispute(plain, { leadId }, triage)).dispute?.status).toBe("dropped");
  });
});

describe("taking a decided dispute up again", () => {
  const ask = (leadId: string, actor: StaffActor) =>
    askReopening(plain, { leadId, facts: "查明实际经营股权众筹", legalBasis: BASIS, at: now() }, actor);
  const answer = (leadId: string, outcome: "granted" | "refused", actor = triage) =>
    answerReopening(plain, { leadId, outcome, answer: "经研究答复", at: now() }, actor);

  it("is asked once, by the decided body alone, and answered once by the office", async () => {
    const leadId = await decided();
    expect(await refusalOf(ask(leadId, police))).toBe("not_found");
    expect(await refusalOf(ask(leadId, bank))).toBe("not_found");
    expect(await refusalOf(answer(leadId, "granted"))).toBe("answered_already");
    await ask(leadId, market);
    expect(await refusalOf(ask(leadId, market))).toBe("asked_already");
    expect(await refusalOf(answer(leadId, "granted", market))).toBe("not_mediator");
    await answer(leadId, "refused");
    expect(await refusalOf(answer(leadId, "granted"))).toBe("answered_already");
    expect(await refusalOf(ask(leadId, market))).toBe("asked_already");
    expect((await leadRow(portal, leadId)).stage).toBe("dispatched");
  });

  it("granted, opens a dispute of the same bodies, whose decision is the last word", async () => {
    const leadId = await decided();
    const first = await idOf(leadId);
    await ask(leadId, market);
    await answer(leadId, "granted");
    expect((await leadRow(portal, leadId)).stage).toBe("disputed");
    const page = await readDispute(plain, { leadId }, bank);
    expect(page.dispute).toMatchObject({ cause: "new_facts", reopensId: first, status: "open" });
    expect(page.parties.map(({ agencyId }) => agencyId).sort()).toEqual(
      [bank.agencyId, market.agencyId].sort(),
    );
    await remindParties(plain, { leadId, at: now() }, triage);
    await decide(leadId, { agencyIds: [bank.agencyId] });
    await dispatch(leadId, null);
    expect(await refusalOf(ask(leadId, bank))).toBe("asked_already");
    expect(await refusalOf(move(leadId, "returned", bank))).toBe("decided_already");
    const raw = test.owner.query(
      `insert into dispute_reopenings (id, dispute_id, lead_id, agency_id, facts, legal_basis, asked_by, asked_at)
       select $1, id, lead_id, $2, '新的事实', '依据', $3, now() from disputes where lead_id = $4 and cause = 'new_facts'`,
      [uuidv7(), bank.agencyId, bank.id, leadId],
    );
    expect(await refusedBy(raw)).toBe("dispute_reopenings_once");
  });
});

describe("mail about a dispute", () => {
  it("goes to the officers of the bodies heard, says no content, and stops asking who has answered", async () => {
    await test.owner.query("update staff set email = 'a@example.test' where id = any($1)", [
      [bank.id, market.id, police.id, triage.id],
    ]);
    const leadId = await disputed();
    const mails = async () => {
      const { rows } = await test.owner.query<{ staff_id: string; about: string; data: unknown }>(
        `select staff_id, data ->> 'about' as about, data from staff_mails
          where kind = 'dispute' and data ->> 'dispute' = $1 order by created_at, staff_id`,
        [await idOf(leadId)],
      );
      return rows;
    };
    expect((await mails()).map(({ staff_id }) => staff_id).sort()).toEqual([bank.id, market.id].sort());
    const leaving = async (who: StaffActor) => {
      const [mail] = (await mails()).filter(({ staff_id }) => staff_id === who.id);
      const row = { kind: "dispute", staffId: who.id, data: mail?.data };
      return withActor(plain, systemActor("test"), (tx) => readLeadForMail(tx, row, "2026-03-02"));
    };
    const about = await leaving(market);
    expect(about).toMatchObject({ kind: "dispute", leadId, about: "asked" });
    if (about === null) throw new Error("who was asked is written to");
    const text = composeStaffMail(about, { to: "a@example.test", staffOrigin: "https://staff.example" });
    expect(text.text).toContain(`https://staff.example/staff/leads/${leadId}/dispute`);
    await say(leadId, bank);
    // Nobody is asked, when the mail leaves, for what their body has given meanwhile.
    expect(await leaving(bank)).toBeNull();
    await remindParties(plain, { leadId, at: now() }, triage);
    expect((await mails()).filter(({ about }) => about === "reminded")).toMatchObject([
      { staff_id: market.id },
    ]);
    await decide(leadId);
    expect((await mails()).filter(({ about }) => about === "decided")).toHaveLength(2);
    expect(JSON.stringify(await mails())).not.toMatch(/某某理财|职责|方案/);
    const outsider = withActor(plain, stranger, async (tx) =>
      tx.execute(sql`select mail_dispute(${await idOf(leadId)}::uuid, 'asked', 'x', now())`),
    );
    expect(await refusedBy(outsider)).toBe("staff_mails_dispute");
  });
});

describe("the page of a dispute", () => {
  const at = (leadId: string, actor: StaffActor, form?: Record<string, string | string[]>) =>
    call(form ? action : loader, {
      ...{ portal: { ...portal, db: plain }, actor, url: `/staff/leads/${leadId}/dispute` },
      ...{ params: { leadId }, form },
    });
  const opinion = (agency: StaffActor, seen: number) => ({
    ...{ intent: "opinion", agencyId: agency.agencyId, seen: String(seen), legalBasis: BASIS },
    ...{ opinion: "我局没有相应职责", proposedBody: "jinhua.commerce" },
  });

  it("keeps what was typed beside what is missing, and answers a plain post with a way on", async () => {
    const leadId = await disputed();
    const short = await at(leadId, bank, { ...opinion(bank, 0), legalBasis: " " });
    expect(short).toMatchObject({ status: 400 });
    expect(short.field("failed") ?? short.body).toMatchObject({
      intent: "opinion",
      state: { errors: { legalBasis: "needsLegalBasis" }, values: { opinion: "我局没有相应职责" } },
    });
    expect(await at(leadId, bank, opinion(bank, 0))).toMatchObject({
      status: 302,
      location: `/staff/leads/${leadId}/dispute?done=opinion`,
    });
    const late = await at(leadId, bank, opinion(bank, 0));
    expect(late).toMatchObject({ status: 409, body: { stale: true, of: bank.agencyId } });
    const decision = { intent: "decide", version: "1", leadBody: bank.agencyId, legalBasis: BASIS };
    const two = { ...decision, withBodies: [market.agencyId, police.agencyId], reasons: "联合整治" };
    await remindParties(plain, { leadId, at: now() }, triage);
    expect((await at(leadId, mediator, two)).status).toBe(302);
    expect((await at(leadId, market, opinion(market, 0))).status).toBe(409);
    const followed = { intent: "follow", version: String(await versionOf(leadId)), sector: "p2p" };
    expect((await at(leadId, market, followed)).status).toBe(403);
    expect((await at(leadId, triage, followed)).status).toBe(302);
    expect((await leadRow(portal, leadId)).stage).toBe("dispatched");
  });

  it("offers each person what they may do there, and names no word of it to a body that helps", async () => {
    const leadId = await disputed();
    await say(leadId, bank, { opinion: "不宜外传的意见" });
    const offered = async (actor: StaffActor) => {
      const dispute = (await at(leadId, actor)).field("dispute") as {
        speaksFor: { agencyId: string }[];
        rights: Record<string, boolean>;
      };
      return {
        speaks: dispute.speaksFor.map(({ agencyId }) => agencyId),
        rights: Object.entries(dispute.rights).flatMap(([right, yes]) => (yes ? [right] : [])),
      };
    };
    expect(await offered(bank)).toEqual({ speaks: [bank.agencyId], rights: [] });
    expect(await offered(triage)).toEqual({ speaks: [], rights: ["mediates", "mayRemind"] });
    expect(await offered(auditor)).toEqual({ speaks: [], rights: [] });
    // After its return the helper's hold ended with the lead's; now it helps again.
    await test.owner.query(
      "insert into lead_agencies (id, lead_id, agency_id, relation) values ($1, $2, $3, 'cooperating') on conflict do nothing",
      [uuidv7(), leadId, police.agencyId],
    );
    const helper = await at(leadId, police);
    expect([helper.status, helper.field("runs"), helper.field("dispute")]).toEqual([200, true, null]);
    expect(helper.text).not.toContain("不宜外传的意见");
    expect((await at(leadId, stranger)).status).toBe(404);
    const minutes = (actor: StaffActor) =>
      call(printed, {
        ...{ portal: { ...portal, db: plain }, actor, url: "/staff/x", params: { leadId } },
      });
    expect((await minutes(bank)).text).toContain("%PDF-");
    for (const actor of [police, stranger]) expect((await minutes(actor)).status).toBe(404);
  });
});
