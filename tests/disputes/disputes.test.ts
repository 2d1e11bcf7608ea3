import { sql } from "drizzle-orm";
import { action, loader } from "~/routes/staff.leads.$leadId_.dispute";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { answerReopening } from "~server/disputes/answer-reopening.server";
import { askReopening } from "~server/disputes/ask-reopening.server";
import { decideDispute, type DecisionInput } from "~server/disputes/decide-dispute.server";
import { editQuestion } from "~server/disputes/edit-question.server";
import { giveOpinion, type OpinionInput } from "~server/disputes/give-opinion.server";
import { inviteParty } from "~server/disputes/invite-party.server";
import { listDisputes } from "~server/disputes/list-disputes.server";
import { readDispute } from "~server/disputes/read-dispute.server";
import { recordProceeding, remindParties } from "~server/disputes/record-proceeding.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { declareRecusal } from "~server/triage/declare-recusal.server";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { moveLead } from "~server/triage/move-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import type { Stage } from "~server/triage/stages";
import { leadAt, leadRow, makePerson } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { call } from "~tests/setup/call-route";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
/** As the server connects: nothing preset, row-level security in force. */
let plain: Database;
let triage: StaffActor;
let mediator: StaffActor;
let bank: StaffActor;
let market: StaffActor;
let police: StaffActor;
let stranger: StaffActor;
let auditor: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  plain = openDatabase(test.applicationUrl, { max: 4 });
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  mediator = await makePerson(portal, "leading-office", ["triage_officer"]);
  bank = await makePerson(portal, "banking-regulation", ["agency_officer"]);
  market = await makePerson(portal, "market-regulation", ["agency_officer"]);
  police = await makePerson(portal, "police", ["agency_officer"]);
  stranger = await makePerson(portal, "commerce", ["agency_officer"]);
  auditor = await makePerson(portal, "finance", ["auditor"]);
});
afterAll(() => plain.pool.end());

let minute = 0;
/** Each act a minute after the one before. */
function now(): Date {
  minute += 1;
  return new Date(Date.parse("2026-03-02T02:00:00Z") + minute * 60_000);
}

const BASIS = "方案三(二)2";
const versionOf = async (leadId: string) => (await leadRow(portal, leadId)).version;

async function move(leadId: string, to: Stage, actor: StaffActor, proposed = "jinhua.market-regulation") {
  const input = { leadId, to, version: await versionOf(leadId), note: null, legalBasis: BASIS };
  return moveLead(plain, { ...input, proposedBody: proposed, closureCode: null, at: now() }, actor);
}

async function dispatch(leadId: string, insteadLeadBy: string | null, actor = triage) {
  const facts = { suspectedCrime: true, petition: false, nested: false };
  const input = { leadId, version: await versionOf(leadId), sector: "p2p", triage: facts };
  const reason = insteadLeadBy === null ? null : "改派";
  return dispatchLead(plain, portal.pack, { ...input, insteadLeadBy, reason, at: now() }, actor);
}

const held = (relation: "lead" | "co_lead" = "lead") =>
  leadAt(portal, "dispatched", [
    { agency: "banking-regulation", relation },
    { agency: "police", relation: "cooperating" },
  ]);

/** Returned by the bank supervisor, sent to market regulation, returned by it: in dispute. */
async function disputed(): Promise<string> {
  const leadId = await held();
  await move(leadId, "returned", bank);
  await dispatch(leadId, market.agencyId);
  expect((await move(leadId, "returned", market, bank.agencyId)).stage).toBe("disputed");
  return leadId;
}

const say = (leadId: string, actor: StaffActor, over: Partial<OpinionInput> = {}) =>
  giveOpinion(
    plain,
    {
      ...{ leadId, agencyId: actor.agencyId, seen: 0, opinion: "不属于我局职责", legalBasis: BASIS },
      ...{ proposedBody: bank.agencyId, letterNumber: null, letterOn: null, at: now(), ...over },
    },
    actor,
  );

async function decide(leadId: string, over: Partial<DecisionInput> = {}, actor = mediator) {
  const { dispute } = await readDispute(plain, { leadId }, triage);
  const input = { leadId, version: dispute?.version ?? 0, outcome: "single" as const, byGroup: false };
  const grounds = { legalBasis: "方案三 末段", reasons: "按业务实质确定", dissent: null };
  return decideDispute(
    plain,
    { ...input, agencyIds: [market.agencyId], ...grounds, at: now(), ...over },
    actor,
  );
}

/** Heard and decided for market regulation, and dispatched to it. */
async function decided(): Promise<string> {
  const leadId = await disputed();
  await say(leadId, bank);
  await say(leadId, market);
  await decide(leadId);
  await dispatch(leadId, null);
  return leadId;
}

const idOf = async (leadId: string) => (await readDispute(plain, { leadId }, triage)).dispute?.id ?? "";

describe("a return", () => {
  it("is refused without a legal basis, without a body that should have it, and for the body itself", async () => {
    const leadId = await held();
    const back = (over: object) =>
      moveLead(
        plain,
        {
          ...{ leadId, to: "returned", version: 1, note: null, legalBasis: BASIS, closureCode: null },
          ...{ proposedBody: market.agencyId, at: now(), ...over },
        },
        bank,
      );
    expect(await refusalOf(back({ legalBasis: null }))).toBe("needs_legal_basis");
    expect(await refusalOf(back({ proposedBody: null }))).toBe("needs_proposed_body");
    expect(await refusalOf(back({ proposedBody: bank.agencyId }))).toBe("proposed_itself");
    expect(await leadRow(portal, leadId)).toMatchObject({ stage: "dispatched", version: 1 });
  });

  it("that is the second opens a dispute by itself, of those who returned it, mediated as the pack says", async () => {
    const leadId = await disputed();
    const page = await readDispute(plain, { leadId }, triage);
    expect(page.dispute).toMatchObject({
      ...{ cause: "second_return", status: "open", mediatorId: "jinhua.leading-office", clause: "三 末段" },
      method: "领导小组办公室牵头会商，联合整治",
      question: "金华银监分局、市市场监管局先后退回，应当由哪个部门牵头办理？",
    });
    expect(page.parties.map(({ agencyId }) => agencyId)).toEqual([bank.agencyId, market.agencyId]);
    expect(page.returns.map(({ agencyId }) => agencyId)).toEqual([bank.agencyId, market.agencyId]);
  });

  it("is made once when two bodies that lead together return it at once", async () => {
    const leadId = await leadAt(portal, "dispatched", [
      { agency: "banking-regulation", relation: "lead" },
      { agency: "market-regulation", relation: "co_lead" },
    ]);
    const back = (actor: StaffActor) =>
      refusalOf(
        moveLead(
          plain,
          {
            ...{ leadId, to: "returned", version: 1, note: null, legalBasis: BASIS, closureCode: null },
            ...{ proposedBody: police.agencyId, at: now() },
          },
          actor,
        ),
      );
    const outcomes = await Promise.all([back(bank), back(market), back(bank), back(market)]);
    expect(outcomes.filter((one) => one === "accepted")).toHaveLength(1);
    expect(outcomes.every((one) => ["accepted", "stale_lead", "not_found"].includes(one))).toBe(true);
    const { rows } = await test.owner.query("select ordinal from lead_returns where lead_id = $1", [leadId]);
    expect(rows).toEqual([{ ordinal: 1 }]);
  });

  it("is barred to the decided body, which may not open another dispute either", async () => {
    const leadId = await decided();
    expect(await refusalOf(move(leadId, "returned", market, bank.agencyId))).toBe("decided_already");
    expect(await refusalOf(move(leadId, "disputed", market))).toBe("decided_already");
    const { moves } = await readLead(plain, { leadId, tipsPage: null, at: now() }, market);
    expect(moves.map(({ to }) => to)).toEqual(["investigating"]);
    expect(await leadRow(portal, leadId)).toMatchObject({ stage: "dispatched" });
  });

  it("a third time is refused by the database itself, whatever the row says", async () => {
    const insert = (leadId: string) =>
      test.owner.query(
        `insert into lead_returns (id, lead_id, round, ordinal, agency_id, proposed_agency_id, legal_basis, returned_by, returned_at)
         values ($1, $2, 0, 1, $3, $4, '依据', $5, now())`,
        [uuidv7(), leadId, bank.agencyId, market.agencyId, bank.id],
      );
    const stage = (leadId: string, to: string) =>
      test.owner.query("update leads set stage = $2 where id = $1", [leadId, to]);
    expect(await refusedBy(insert(await disputed()))).toBe("lead_returns_disputed");
    const settled = await decided();
    expect(await refusedBy(insert(settled))).toBe("lead_returns_decided");
    expect(await refusedBy(stage(settled, "returned"))).toBe("leads_returned_once");
    const fresh = await held();
    expect(await refusedBy(stage(fresh, "returned"))).toBe("leads_returned_once");
    for (const expected of ["accepted", "accepted", "lead_returns_twice_ck"])
      expect(await refusedBy(insert(fresh))).toBe(expected);
    expect(await refusedBy(stage(fresh, "returned"))).toBe("leads_returned_once");
    expect(await refusedBy(stage(await disputed(), "dispatched"))).toBe("leads_dispute_open");
    const blank = test.owner.query(
      `insert into lead_returns (id, lead_id, agency_id, proposed_agency_id, legal_basis, returned_by, returned_at)
       values ($1, $2, $3, $4, '  ', $5, now())`,
      [uuidv7(), await held(), bank.agencyId, market.agencyId, bank.id],
    );
    expect(await refusedBy(blank)).toBe("lead_returns_basis_ck");
  });
});

describe("who sees a dispute", () => {
  it("is the office, auditors and the bodies heard: one that helps learns that it runs, a stranger nothing", async () => {
    const leadId = await disputed();
    await say(leadId, bank);
    for (const actor of [triage, auditor, bank, market]) {
      const page = await readDispute(plain, { leadId }, actor);
      expect([page.number > 0, page.opinions.length]).toEqual([true, 1]);
      const listed = await listDisputes(plain, { page: 1 }, actor);
      expect(listed.disputes.map((one) => one.leadId)).toContain(leadId);
    }
    // The first to return it holds the lead no more, and is heard all the same.
    expect((await readDispute(plain, { leadId }, bank)).lead).toBeNull();
    expect(await readDispute(plain, { leadId }, police)).toMatchObject({
      ...{ runs: true, dispute: null, parties: [], opinions: [], returns: [] },
    });
    expect((await listDisputes(plain, { page: 1 }, police)).count).toBe(0);
    expect(await refusalOf(readDispute(plain, { leadId }, stranger))).toBe("not_found");
    expect(await refusalOf(say(leadId, police))).toBe("not_found");
    const trail = (actor: StaffActor) =>
      withActor(plain, actor, (tx) => tx.execute(sql`select 1 from events where subject_table = 'disputes'`));
    expect((await trail(police)).rowCount).toBe(0);
    expect((await trail(market)).rowCount).toBeGreaterThan(0);
  });

  it("is no body where the lead is kept to the leading office, and nobody recused", async () => {
    const leadId = await disputed();
    await declareRecusal(plain, { leadId, reason: "亲属任职", at: now() }, market);
    expect(await refusalOf(readDispute(plain, { leadId }, market))).toBe("not_found");
    expect(await refusalOf(say(leadId, market))).toBe("not_found");
    await test.owner.query("update leads set leading_office_only = true where id = $1", [leadId]);
    expect(await refusalOf(readDispute(plain, { leadId }, bank))).toBe("not_found");
    expect((await readDispute(plain, { leadId }, triage)).dispute?.status).toBe("open");
  });
});

describe("an opinion", () => {
  it("is replaced by its next version, and what was said before stays as it was", async () => {
    const leadId = await disputed();
    expect(await say(leadId, bank)).toEqual({ version: 1 });
    expect(await refusalOf(say(leadId, bank, { opinion: "另一位同事写的" }))).toBe("stale_opinion");
    expect(await say(leadId, bank, { seen: 1, opinion: "补充依据" })).toEqual({ version: 2 });
    const { opinions } = await readDispute(plain, { leadId }, market);
    expect(opinions.map(({ opinion }) => opinion)).toEqual(["不属于我局职责", "补充依据"]);
    const edit = "update dispute_opinions set opinion = 'x' where lead_id = $1";
    expect(await refusedBy(test.owner.query(edit, [leadId]))).not.toBe("accepted");
  });

  it("saved twice at the same moment is one version", async () => {
    const leadId = await disputed();
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => refusalOf(say(leadId, bank))));
    expect(outcomes.sort()).toEqual(["accepted", "stale_opinion", "stale_opinion", "stale_opinion"]);
  });

  it("is given for no other body; triage writes down the letter of one without accounts, with number and day", async () => {
    const leadId = await disputed();
    expect(await refusalOf(say(leadId, market, { agencyId: bank.agencyId }))).toBe("not_your_body");
    expect(await refusalOf(say(leadId, triage, { agencyId: bank.agencyId }))).toBe("has_accounts");
    const paper = "jinhua.economy-it";
    expect(await refusalOf(say(leadId, triage, { agencyId: paper }))).toBe("not_found");
    await inviteParty(plain, { leadId, agencyId: paper, at: now() }, triage);
    expect(await refusalOf(inviteParty(plain, { leadId, agencyId: paper, at: now() }, triage))).toBe(
      "party_already",
    );
    expect(await refusalOf(say(leadId, triage, { agencyId: paper }))).toBe("needs_letter");
    const letter = { letterNumber: "金经信函〔2026〕1号", letterOn: "2026-03-01" };
    await say(leadId, triage, { agencyId: paper, ...letter });
    // Whoever wrote the letter down spoke for nobody, and may decide.
    const raw = (agencyId: string, number: string | null) =>
      test.owner.query(
        `insert into dispute_opinions (id, dispute_id, lead_id, agency_id, version, opinion, legal_basis, proposed_agency_id, letter_number, letter_on, given_by, given_at)
         select $1, id, lead_id, $2, 1, '意见', '依据', $2, $3, $4, $5, now() from disputes where lead_id = $6 and status = 'open'`,
        [uuidv7(), agencyId, number, number === null ? null : "2026-03-01", triage.id, leadId],
      );
    expect(await refusedBy(raw(bank.agencyId, "号"))).toBe("dispute_opinions_own_voice");
    expect(await refusedBy(raw(bank.agencyId, null))).toBe("dispute_opinions_own_voice");
    expect(await refusedBy(raw(police.agencyId, "号"))).toBe("dispute_opinions_own_voice");
    expect(await refusedBy(raw("jinhua.petition", "号"))).toBe("dispute_opinions_party_fk");
  });
});

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
    const record = (kind: "meeting" | "escalated" | "answered", over: object = {}) =>
      recordProceeding(
        plain,
        {
          ...{ leadId, kind, heldOn: "2026-03-01", people: "领导小组", summary: "研究牵头部门" },
          ...{ documentNumber: kind === "meeting" ? null : "金互金整治〔2026〕9号", at: now(), ...over },
        },
        triage,
      );
    expect(await refusalOf(record("answered"))).toBe("not_escalated");
    expect(await refusalOf(record("meeting", { heldOn: "2026-12-01" }))).toBe("future_day");
    await record("meeting");
    await record("escalated");
    expect(await refusalOf(decide(leadId, { byGroup: true }))).toBe("not_answered");
    await record("answered");
    await decide(leadId, { byGroup: true });
    expect((await readDispute(plain, { leadId }, market)).decision).toMatchObject({ byGroup: true });
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
    await say(leadId, bank);
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
  });
});
