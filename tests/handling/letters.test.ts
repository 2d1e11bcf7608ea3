import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { withActor } from "~db/with-actor.server";
import * as evidenceRoute from "~/routes/staff.leads.$leadId_.evidence";
import * as handlingRoute from "~/routes/staff.leads.$leadId_.handling";
import * as letterRoute from "~/routes/staff.letters.$letterId";
import { recordCustody } from "~server/handling/preserve-item.server";
import type { StepInput } from "~server/handling/record-step.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { leadAt, sendReport } from "~tests/factories/make-lead";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { NOW } from "../clocks/clock-desk";
import { DAY, openHandlingDesk, type HandlingDesk } from "./handling-desk";

const test = testDatabase();
let desk: HandlingDesk["desk"];
let plain: HandlingDesk["plain"];
let portal: HandlingDesk["portal"];
let triage: HandlingDesk["triage"];
let officer: HandlingDesk["officer"];
let verifier: HandlingDesk["verifier"];
let auditor: HandlingDesk["auditor"];
let stranger: HandlingDesk["stranger"];
let helper: HandlingDesk["helper"];
let at: HandlingDesk["at"];
let read: HandlingDesk["read"];
let held: HandlingDesk["held"];
let unmanned: HandlingDesk["unmanned"];
let issue: HandlingDesk["issue"];
let step: HandlingDesk["step"];
let preserve: HandlingDesk["preserve"];
let clocks: HandlingDesk["clocks"];

beforeAll(async () => {
  ({
    desk,
    plain,
    portal,
    triage,
    officer,
    verifier,
    auditor,
    stranger,
    helper,
    at,
    read,
    held,
    unmanned,
    issue,
    step,
    preserve,
    clocks,
  } = await openHandlingDesk(test));
});
afterAll(() => plain.pool.end());
beforeEach(() => portal.clock.set(NOW));
const on = (day: string) => portal.clock.set(`${day}T02:00:00Z`);

describe("a 整改意见书", () => {
  it("counts from service, is put off once, and ends as its last follow-up found", async () => {
    const leadId = await held();
    const { letterId } = await issue(leadId);
    const review = (over: Partial<StepInput>) => refusalOf(step(leadId, letterId, "review", over));
    expect(await review({ result: "done" })).toBe("not_served");
    on("2026-03-04");
    await step(leadId, letterId, "served");
    expect(await refusalOf(step(leadId, letterId, "served"))).toBe("served_already");
    // Served on 2 March, recorded on the 4th: 15 working days after the 2nd.
    expect(await clocks(leadId)).toEqual([{ kind: "rectify", due: "2026-03-23", ended: null }]);
    expect(await refusalOf(step(leadId, letterId, "closed", { result: "done" }))).toBe("not_reviewed");
    expect(await review({ result: "partly", extendDays: 5, onDay: "2026-03-04" })).toBe("accepted");
    expect(await clocks(leadId)).toEqual([
      { kind: "rectify", due: "2026-03-23", ended: "2026-03-04" },
      { kind: "rectify", due: "2026-03-11", ended: null },
    ]);
    expect((await read(leadId)).letters.rows[0]?.dueOn).toBe("2026-03-11");
    expect(await review({ result: "not_done", extendDays: 5, onDay: "2026-03-04" })).toBe("extended_already");
    expect(await review({ result: "not_done", onDay: "2026-03-04" })).toBe("accepted");
    expect(await refusalOf(step(leadId, letterId, "closed", { result: "done" }))).toBe("not_reviewed");
    expect(await refusalOf(step(leadId, letterId, "answered"))).toBe("wrong_step");
    await step(leadId, letterId, "closed", { result: "ban" });
    expect((await clocks(leadId)).every(({ ended }) => ended !== null)).toBe(true);
    expect(await review({ result: "done" })).toBe("letter_ended");
  });

  it("prints the same bytes each time, to be saved and not kept on the way", async () => {
    const { leadId } = await sendReport(desk.portal);
    await test.owner.query("update leads set stage = 'investigating' where id = $1", [leadId]);
    await test.owner.query(
      "insert into lead_agencies (id, lead_id, agency_id, relation) values ($1, $2, $3, 'lead')",
      [uuidv7(), leadId, officer.agencyId],
    );
    const { letterId } = await issue(leadId);
    const print = async () => {
      const args = {
        request: new Request("http://x/"),
        params: { letterId },
        context: { portal, actor: officer },
      };
      return await letterRoute.loader(args as never);
    };
    const [first, second] = [await print(), await print()];
    expect(first.headers.get("Cache-Control")).toBe("no-store");
    expect(first.headers.get("Content-Disposition")).toMatch(
      /^attachment; filename="rectify-2026-\d+\.pdf"$/,
    );
    const hash = async (response: Response) =>
      createHash("sha256")
        .update(Buffer.from(await response.arrayBuffer()))
        .digest("hex");
    expect(await hash(first)).toBe(await hash(second));
    // What a letter says of the lead is registered facts: nothing of how, when or by whom it was reported.
    const facts = (await read(leadId)).letters.rows[0]?.facts;
    expect(Object.keys(facts?.subject ?? {}).toSorted()).toEqual([
      "apps",
      "name",
      "sectors",
      "sites",
      "uscc",
    ]);
    // The subject itself is not told what somebody knew of it; the office that acts on sites is.
    expect(facts?.subject).toMatchObject({ sites: [], apps: [], sectors: [] });
    await issue(leadId, { kind: "sites", limit: null });
    const named = (await read(leadId)).letters.rows[0]?.facts.subject.sites ?? [];
    expect([named.length > 0, named.some((site) => site.includes("/"))]).toEqual([true, false]);
  });
});

describe("a demand for a 兑付方案", () => {
  it("runs ten working days, ends with the plan, and is judged once it came", async () => {
    const leadId = await held();
    const form = {
      intent: "repayment",
      recipient: "某某理财",
      legalBasis: "省方案",
      items: "资金来源",
      days: "11",
    };
    const url = `/staff/leads/${leadId}/handling`;
    const post = (fields: Record<string, string>) =>
      call(handlingRoute.action, { portal, actor: officer, url, params: { leadId }, form: fields });
    expect(await post(form)).toMatchObject({
      status: 400,
      body: {
        form: "repayment",
        state: { values: { items: "资金来源" }, errors: { days: "repaymentDays" } },
      },
    });
    expect((await post({ ...form, days: "10" })).location).toMatch(/handling\?done=issued#letter-/);
    const letterId = (await read(leadId)).letters.rows[0]?.id ?? "";
    await step(leadId, letterId, "served");
    expect(await clocks(leadId)).toEqual([{ kind: "repayment_plan", due: "2026-03-16", ended: null }]);
    expect(await refusalOf(step(leadId, letterId, "judged", { result: "accepted" }))).toBe("not_received");
    await step(leadId, letterId, "received");
    expect((await clocks(leadId))[0]?.ended).toBe(DAY);
    await step(leadId, letterId, "judged", { result: "refused" });
    expect(await refusalOf(step(leadId, letterId, "received"))).toBe("letter_ended");
  });
});

describe("a 转办函", () => {
  it("goes to holders without accounts alone, by triage, who records the reminder and the answer", async () => {
    const base = { kind: "forward", replyTo: "市政府大楼 301 室" } as const;
    const forward = { ...base, recipient: "jinhua.development-reform" };
    const bank = { ...base, recipient: "jinhua.banking-regulation" };
    expect(await refusalOf(issue(await held(), bank, triage))).toBe("has_accounts");
    expect(await refusalOf(issue(await held(), forward, triage))).toBe("not_a_holder");
    expect(await refusalOf(issue(await held(), forward, officer))).toBe("not_your_lead");
    const leadId = await unmanned();
    const { letterId } = await issue(leadId, forward, triage);
    // Of leads whose bodies have accounts triage is offered nothing to record.
    const offered = async (of: string) => {
      const { mayHandle, mayForward, mayRecord } = await read(of, triage);
      return [mayHandle, mayForward, mayRecord];
    };
    expect([await offered(leadId), await offered(await held())]).toEqual([
      [false, true, true],
      [false, false, false],
    ]);
    expect((await read(leadId, triage)).letters.rows[0]?.facts).toMatchObject({
      recipient: "市发改委",
      issuer: "领导小组办公室",
    });
    await step(leadId, letterId, "served", {}, triage);
    await step(leadId, letterId, "reminded", {}, triage);
    expect(await clocks(leadId)).toMatchObject([{ kind: "answer", ended: null }]);
    const answer = { documentNumber: "发改函〔2026〕9号", note: "已责令停止" };
    await step(leadId, letterId, "answered", answer, triage);
    expect((await clocks(leadId))[0]?.ended).toBe(DAY);
    expect((await read(leadId, triage)).letters.rows[0]?.steps.at(-1)).toMatchObject(answer);
  });

  it("is written to each holder without accounts beside a body that has them, and to no other", async () => {
    const leadId = await leadAt(desk.portal, "investigating", [
      { agency: "banking-regulation", relation: "lead" },
      { agency: "construction", relation: "co_lead" },
      { agency: "police", relation: "also" },
      { agency: "government-330702", relation: "cooperating" },
      { agency: "market-regulation", relation: "cooperating" },
    ]);
    const page = await read(leadId, triage);
    expect([page.mayHandle, page.mayForward]).toEqual([false, true]);
    expect(page.recipients.map(({ name, relation }) => [name, relation])).toEqual([
      ["市建设局", "co_lead"],
      ["市公安局", "also"],
      ["婺城区政府", "cooperating"],
    ]);
    // Bodies themselves are not told which of the others have accounts.
    expect((await read(leadId)).recipients).toEqual([]);
    const to = (recipient: string) =>
      issue(leadId, { kind: "forward", recipient, replyTo: "市政府大楼 301 室" }, triage);
    expect(await refusalOf(to("jinhua.market-regulation"))).toBe("has_accounts");
    expect(await refusalOf(to("jinhua.commerce"))).toBe("not_a_holder");
    const { letterId } = await to("jinhua.police");
    await step(leadId, letterId, "served", {}, triage);
    await step(leadId, letterId, "answered", { documentNumber: "公函〔2026〕3号", note: "已立案" }, triage);
    expect((await read(leadId)).letters.rows[0]).toMatchObject({
      facts: { recipient: "市公安局" },
    });
    // The database asks the same, whatever a query says.
    const forged = (body: string | null) =>
      refusedBy(
        withActor(plain, triage, (tx) =>
          tx.execute(sql`insert into handling_letters (id, lead_id, kind, agency_id, year, no, recipient, recipient_agency_id,
            facts, issued_on, recorded_by, recorded_at) values (${uuidv7()}, ${leadId}, 'forward', ${triage.agencyId}, 0, 0,
            '某部门', ${body}, '{}', '2026-03-02', ${triage.id}, now())`),
        ),
      );
    expect(await Promise.all([null, "jinhua.market-regulation", "jinhua.commerce"].map(forged))).toEqual([
      ...["42501", "42501", "42501"],
    ]);
    expect(await forged("jinhua.construction")).toBe("accepted");
  });
});

describe("a thing preserved", () => {
  it("is handed on by who holds it, in the order of days, and decided once within seven working days", async () => {
    const leadId = await held();
    const { preservationId } = await preserve(leadId);
    expect(await clocks(leadId)).toEqual([{ kind: "preservation", due: "2026-03-11", ended: null }]);
    expect((await read(leadId)).missing).toContain("preservation_decision");
    on("2026-03-04");
    const hand = (fromHolder: string, toHolder: string, onDay: string) =>
      refusalOf(
        recordCustody(
          plain,
          { leadId, preservationId, kind: "handover", fromHolder, toHolder, onDay, reason: "入库", at: at() },
          officer,
        ),
      );
    expect(await hand("乙某", "丙某", "2026-03-03")).toBe("chain_broken");
    // Two at once from one pair of hands: one is in the chain.
    expect(
      (
        await Promise.all([hand("甲某", "乙某", "2026-03-03"), hand("甲某", "丁某", "2026-03-03")])
      ).toSorted(),
    ).toEqual(["accepted", "chain_broken"]);
    const holder = (await read(leadId)).preservations.rows[0]?.holder ?? "";
    expect(await hand(holder, "丙某", "2026-03-02")).toBe("chain_broken");
    expect(await hand(holder, "丙某", "2026-03-04")).toBe("accepted");
    const decide = () =>
      refusalOf(
        recordCustody(
          plain,
          {
            leadId,
            preservationId,
            kind: "decided",
            decision: "seize",
            onDay: "2026-03-04",
            reason: "依法查封",
            at: at(),
          },
          officer,
        ),
      );
    expect((await Promise.all([decide(), decide()])).toSorted()).toEqual(["accepted", "decided_already"]);
    expect((await clocks(leadId))[0]?.ended).toBe("2026-03-04");
    expect(await hand("丙某", "戊某", "2026-03-04")).toBe("decided_already");
    expect((await read(leadId)).missing).not.toContain("preservation_decision");
  });
});

describe("移送 to the police", () => {
  it("notes a bundle's hash and counts, and a receipt: refused with a reason, or accepted with a case number", async () => {
    const leadId = await held();
    const { letterId } = await issue(leadId, { kind: "transfer", limit: null, reason: "涉嫌犯罪" });
    const url = `/staff/leads/${leadId}/evidence?letter=${letterId}`;
    const evidence = (actor: StaffActor) =>
      call(evidenceRoute.loader, { portal, actor, url, params: { leadId } });
    expect((await evidence(officer)).status).toBe(200);
    for (const actor of [helper, stranger, auditor, verifier, triage])
      expect((await evidence(actor)).status).toBe(404);
    const sha256 = "ab".repeat(32);
    const post = (form: Record<string, string>) =>
      call(evidenceRoute.action, { portal, actor: officer, url, params: { leadId }, form });
    expect((await post({ letterId, sha256: "short", files: "2", bytes: "10" })).status).toBe(400);
    expect((await post({ letterId, sha256, files: "2", bytes: "10" })).status).toBe(200);
    const receipt = (over: Partial<StepInput>) => step(leadId, letterId, "receipt", over);
    expect(await refusedBy(receipt({ result: "accepted" }))).toBe("letter_steps_receipt_ck");
    expect(await refusedBy(receipt({ result: "refused" }))).toBe("letter_steps_receipt_ck");
    await receipt({ result: "refused", note: "证据不足，退回补充" });
    await receipt({ result: "accepted", documentNumber: "金公（经）立字〔2026〕12号" });
    expect((await read(leadId)).letters.rows[0]?.steps.map(({ kind, sha256: of }) => [kind, of])).toEqual([
      ["bundle", sha256],
      ["receipt", null],
      ["receipt", null],
    ]);
    expect(await refusalOf(receipt({ result: "refused", note: "再次退回" }))).toBe("letter_ended");
  });
});
