import { beforeAll, describe, expect, it } from "vitest";
import { action, loader } from "~/routes/staff.leads.$leadId";
import { action as findingsAction, loader as findingsLoader } from "~/routes/staff.leads.$leadId_.findings";
import type { StaffActor } from "~server/staff-auth/actor";
import { leadAt, leadRow, makePerson, sendReport } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { call, type Answer } from "~tests/setup/call-route";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let officer: StaffActor;
let verifier: StaffActor;
let stranger: StaffActor;
let auditor: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  officer = await makePerson(portal, "banking-regulation", ["agency_officer"]);
  verifier = await makePerson(portal, "banking-regulation", ["agency_verifier"]);
  stranger = await makePerson(portal, "market-regulation", ["agency_officer"]);
  auditor = await makePerson(portal, "finance", ["auditor"]);
});

const at = (leadId: string, actor: StaffActor, form?: Record<string, string>): Promise<Answer> =>
  call(form ? action : loader, {
    portal,
    actor,
    url: `/staff/leads/${leadId}`,
    params: { leadId },
    form,
  });

const findings = (leadId: string, actor: StaffActor, form?: Record<string, string>): Promise<Answer> =>
  call(form ? findingsAction : findingsLoader, {
    portal,
    actor,
    url: `/staff/leads/${leadId}/findings`,
    params: { leadId },
    form,
  });

const held = (stage: "dispatched" | "investigating") =>
  leadAt(portal, stage, [{ agency: "banking-regulation", relation: "lead" }]);

describe("a lead's page", () => {
  it("is the same 404 for a lead of another body, one that is not there, and no id at all", async () => {
    const { leadId } = await sendReport(portal);
    const answers = [
      await at(leadId, stranger),
      await at("00000000-0000-4000-8000-000000000000", stranger),
      await at("x", stranger),
    ];
    expect(new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
    expect((await at(leadId, stranger, { intent: "move", to: "triage", version: "1" })).status).toBe(404);
  });

  it("sends an auditor facts and no sealed text", async () => {
    const { leadId } = await sendReport(portal);
    const { body, text } = await at(leadId, auditor);
    expect(body).toMatchObject({ stage: "new", tips: [{ narrative: { state: "not_yours" } }] });
    expect(text).not.toContain("业务员在小区门口");
    const seen = await at(leadId, triage);
    expect(seen.body).toMatchObject({
      tips: [{ narrative: { state: "sealed", ref: { field: "narrative" } } }],
    });
    expect(seen.text).not.toContain("业务员在小区门口");
  });

  it("never sends a receipt's lookup id", async () => {
    const { leadId } = await sendReport(portal);
    expect((await at(leadId, triage)).text).not.toMatch(/lookup/i);
  });

  it("says why: rule, clause and matched facts in words", async () => {
    const { leadId } = await sendReport(portal);
    const { body } = await at(leadId, triage);
    expect(body).toMatchObject({
      proposed: {
        lead: [{ name: "金华银监分局", today: "国家金融监督管理总局金华监管分局" }],
        basis: expect.arrayContaining([
          {
            kind: "sector",
            rule: "jinhua.sector.p2p",
            clause: "三(二)5",
            matched: [{ fact: "sectors", value: "P2P网络借贷" }],
          },
        ]) as unknown,
        nextBest: { lead: ["领导小组办公室"], clause: "三 末段" },
        replay: "same",
        contradictions: [],
      },
    });
  });

  it("says beside the sentence what contradicts itself in the facts of the decision", async () => {
    const { leadId } = await sendReport(portal);
    await test.owner.query(
      `insert into routing_decisions
         (id, lead_id, kind, pack_id, pack_version, pack_sha256, facts, decision, decided_by, decided_on)
       select gen_random_uuid(), lead_id, 'confirmed', pack_id, pack_version, pack_sha256,
         jsonb_set(facts, '{sectors}', '["p2p", "unknown"]'), decision, $2, decided_on
       from routing_decisions where lead_id = $1`,
      [leadId, triage.id],
    );
    expect((await at(leadId, triage)).body).toMatchObject({
      confirmed: { contradictions: [{ kind: "unknown_beside_known" }] },
    });
  });
});

describe("the move form", () => {
  it("moves and comes back by redirect", async () => {
    const { leadId } = await sendReport(portal);
    const done = await at(leadId, triage, { intent: "move", to: "triage", version: "1" });
    expect(done).toMatchObject({ status: 302, location: `/staff/leads/${leadId}?done=moved` });
    expect((await leadRow(portal, leadId)).stage).toBe("triage");
  });

  it("on a stale version says so and keeps what was typed", async () => {
    const { leadId } = await sendReport(portal);
    await at(leadId, triage, { intent: "move", to: "triage", version: "1" });
    const stale = await at(leadId, triage, {
      intent: "move",
      to: "rejected",
      version: "1",
      note: "不属于受理范围",
    });
    expect(stale.status).toBe(409);
    expect(stale.body).toMatchObject({
      intent: "move",
      of: "rejected",
      state: { values: { note: "不属于受理范围" } },
      refusal: expect.stringContaining("刚刚被别人更新") as unknown,
    });
  });

  it.each<[Record<string, string>, Record<string, string>]>([
    [{ to: "rejected", note: " " }, { note: "needsNote" }],
    [{ to: "rejected", note: "x".repeat(1001) }, { note: "tooLong" }],
    [{ to: "disputed" }, { legalBasis: "needsLegalBasis" }],
    [{ to: "returned" }, { legalBasis: "needsLegalBasis", proposedBody: "needsProposedBody" }],
    [{ to: "closed", note: "n" }, { closureCode: "needsClosure" }],
    [{ to: "closed", note: "n", closureCode: "rejected" }, { closureCode: "needsClosure" }],
    [{ to: "nowhere" }, { to: "chooseStage" }],
    [{ to: "triage", version: "one" }, { version: "version" }],
  ])("answers 400 and names the field: %j", async (form, errors) => {
    const { leadId } = await sendReport(portal);
    const refused = await at(leadId, triage, { intent: "move", version: "1", ...form });
    expect(refused).toMatchObject({ status: 400, body: { state: { errors } } });
    expect((await leadRow(portal, leadId)).version).toBe(1);
  });

  it("sends who returned a lead to the board, for its page is theirs no more", async () => {
    const leadId = await held("dispatched");
    const done = await at(leadId, officer, {
      intent: "move",
      to: "returned",
      version: "1",
      legalBasis: "方案三(二)5",
      proposedBody: "jinhua.market-regulation",
    });
    expect(done.location).toMatch(/^\/staff\/board\?moved=\d+&to=returned$/);
    expect((await at(leadId, officer)).status).toBe(404);
  });
});

describe("the dispatch form", () => {
  it("asks for a reason when another body is to lead, and keeps the choice", async () => {
    const { leadId } = await sendReport(portal);
    const form = { intent: "dispatch", version: "1", sector: "p2p", insteadLeadBy: "jinhua.police" };
    const refused = await at(leadId, triage, form);
    expect(refused).toMatchObject({
      status: 400,
      body: {
        intent: "dispatch",
        state: { errors: { reason: "needsReason" }, values: { insteadLeadBy: "jinhua.police" } },
      },
    });
    const done = await at(leadId, triage, { ...form, reason: "涉嫌犯罪，公安已立案" });
    expect(done.location).toBe(`/staff/leads/${leadId}?done=dispatched`);
  });

  it("says the rules' own refusals in words", async () => {
    const { leadId } = await sendReport(portal);
    const refused = await at(leadId, triage, { intent: "dispatch", version: "1", sector: "casino" });
    expect(refused).toMatchObject({ status: 400, body: { refusal: "请选择方案所列的领域。" } });
  });
});

describe("the attach form", () => {
  it("asks for a number, reads full-width digits, and goes to the other lead", async () => {
    const a = await sendReport(portal);
    const b = await sendReport(portal);
    const number = String((await at(b.leadId, triage)).field("number")).replace(/\d/g, (digit) =>
      String.fromCharCode(digit.charCodeAt(0) + 0xfee0),
    );
    const wrong = await at(a.leadId, triage, { intent: "attach", tipId: a.tipId, toLeadNumber: "第五条" });
    expect(wrong).toMatchObject({
      status: 400,
      body: { of: a.tipId, state: { errors: { toLeadNumber: "leadNumber" } } },
    });
    const done = await at(a.leadId, triage, { intent: "attach", tipId: a.tipId, toLeadNumber: number });
    expect(done.location).toBe(`/staff/leads/${b.leadId}?done=attached`);
  });
});

describe("the findings forms", () => {
  const complete = {
    seen: "0",
    intent: "record",
    entityClass: "ban",
    illegalAmount: "１２0万",
    penalty: "1,234.50",
    decisionNumber: "金处〔2026〕1号",
    decidedOn: "2026年3月1日",
    isFinal: "yes",
  };

  it("stand below the lead in the words of its own pack, whichever pack is the portal's first", async () => {
    const { leadId } = await sendReport(portal);
    const own = await findings(leadId, triage);
    expect(own.body).toMatchObject({ sectors: [expect.any(String)] });
    const home = { ...portal.pack, pack: { ...portal.pack.pack, sectors: [] } };
    const elsewhere = { ...portal, pack: home, packs: { ...portal.packs, home: () => home } };
    const told = await call(findingsLoader, {
      portal: elsewhere,
      actor: triage,
      url: `/staff/leads/${leadId}/findings`,
      params: { leadId },
    });
    expect(told.field("sectors")).toEqual(own.field("sectors"));
  });

  it("record amounts in 分 from 元 and 万元, and another person verifies them", async () => {
    const leadId = await held("investigating");
    expect((await findings(leadId, officer, complete)).location).toBe(
      `/staff/leads/${leadId}?done=recorded#findings`,
    );
    const page = await findings(leadId, verifier);
    expect(page.body).toMatchObject({
      findings: [
        {
          amounts: { illegalAmount: 120_000_000n, penalty: 123_450n, collected: null },
          decidedOn: "2026-03-01",
        },
      ],
      rights: { mayRecord: false, own: false },
    });
    const { toVerify } = page.field("rights") as { toVerify: string };
    const done = await findings(leadId, verifier, {
      intent: "verdict",
      findingId: toVerify,
      outcome: "verified",
    });
    expect(done.location).toBe(`/staff/leads/${leadId}?done=verified#findings`);
    expect((await leadRow(portal, leadId)).stage).toBe("determined");
  });

  it.each<[Record<string, string>, Record<string, string>]>([
    [{ entityClass: "" }, { entityClass: "chooseClass" }],
    [{ illegalAmount: "很多" }, { illegalAmount: "amountWrong" }],
    [{ illegalAmount: "-5" }, { illegalAmount: "amountWrong" }],
    [{ illegalAmount: "0.001" }, { illegalAmount: "amountWrong" }],
    [{ illegalAmount: "", penalty: "" }, { illegalAmount: "oneAmount" }],
    [{ decisionNumber: " " }, { decisionNumber: "needsDecisionNumber" }],
    [{ decidedOn: "2026-02-30" }, { decidedOn: "dateWrong" }],
    [{ decidedOn: "昨天" }, { decidedOn: "dateWrong" }],
  ])("answer 400 and name the field: %j", async (over, errors) => {
    const leadId = await held("investigating");
    const refused = await findings(leadId, officer, { ...complete, ...over });
    expect(refused).toMatchObject({ status: 400, body: { intent: "record", state: { errors } } });
    expect((await findings(leadId, officer)).field("findings")).toEqual([]);
  });

  it("open no narrative and record no viewing", async () => {
    const { leadId } = await sendReport(portal);
    expect((await findings(leadId, triage)).text).not.toContain("业务员");
    const { rows } = await portal.db.pool.query(
      "select 1 from events where action in ('tips.viewed', 'tips.facts_viewed') and subject_id = $1",
      [leadId],
    );
    expect(rows).toHaveLength(0);
  });

  it("are not offered to a demo session, which is told why", async () => {
    const leadId = await held("investigating");
    const { body } = await at(leadId, { ...officer, method: "demo" });
    expect(body).toMatchObject({ rights: { mayRecord: false, toVerify: null, needsPasskey: true } });
  });

  it("are a 404 on a lead of another body", async () => {
    const leadId = await held("investigating");
    expect((await findings(leadId, stranger)).status).toBe(404);
    expect((await findings(leadId, stranger, complete)).status).toBe(404);
  });
});

it("a NUL in a note or a reason is left out", async () => {
  const { leadId } = await sendReport(portal);
  const moved = await at(leadId, triage, { intent: "move", to: "triage", version: "1", note: "看\u0000过" });
  expect(moved.status).toBe(302);
  const dispatched = await at(leadId, triage, {
    intent: "dispatch",
    version: "2",
    sector: "p2p\u0000",
    reason: "\u0000",
  });
  expect(dispatched.status).toBeLessThan(500);
});
