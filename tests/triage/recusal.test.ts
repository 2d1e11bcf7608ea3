import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { agreedTo } from "~/forms/step-up-subjects";
import { action, loader } from "~/routes/staff.leads.$leadId";
import { withActor } from "~db/with-actor.server";
import { listKeysToHandOver } from "~server/secrecy/hand-over-keys.server";
import { readSealed } from "~server/secrecy/read-sealed.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { attachTip } from "~server/triage/attach-tip.server";
import { declareRecusal } from "~server/triage/declare-recusal.server";
import { endRecusal } from "~server/triage/end-recusal.server";
import { listBoard } from "~server/triage/list-board.server";
import { moveLead } from "~server/triage/move-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import { eventCount, leadAt, leadRow, makePerson, sendReport } from "~tests/factories/make-lead";
import { holdKeys, roleKeyOf } from "~tests/factories/office-keys";
import { enrolPasskey, stepUpProof } from "~tests/factories/step-up";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import type { SoftwareAuthenticator } from "~tests/setup/software-authenticator";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let officer: StaffActor;
let ender: { actor: StaffActor; key: SoftwareAuthenticator };

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"], { name: "回避甲" });
  officer = await makePerson(portal, "police", ["agency_officer"], { name: "回避乙" });
  const actor = await makePerson(portal, "leading-office", ["triage_officer"], { name: "恢复丙" });
  ender = { actor, key: await enrolPasskey(portal, actor) };
});

const at = () => portal.clock.now();
const recuse = (leadId: string, actor: StaffActor) =>
  refusalOf(declareRecusal(test.db, { leadId, reason: "主要负责人是本人亲属", at: at() }, actor));
const look = (leadId: string, actor: StaffActor) =>
  refusalOf(readLead(test.db, { leadId, tipsPage: 1, at: at() }, actor));
const onBoard = async (leadId: string, actor: StaffActor) =>
  (await listBoard(test.db, { filters: {} }, actor)).some(({ cards }) =>
    cards.some(({ id }) => id === leadId),
  );

async function recusalOf(leadId: string, staffId: string): Promise<string> {
  const { rows } = await test.owner.query<{ id: string }>(
    "select id from lead_recusals where lead_id = $1 and staff_id = $2 order by declared_at desc",
    [leadId, staffId],
  );
  return rows[0]?.id ?? "";
}

describe("declaring a conflict of interest", () => {
  it("takes the lead out of sight at once, for that person alone, and is in the trail without its reason", async () => {
    const leadId = await leadAt(portal, "dispatched", [{ agency: "police", relation: "lead" }]);
    const colleague = await makePerson(portal, "police", ["agency_officer"]);
    expect(await onBoard(leadId, officer)).toBe(true);
    expect(await recuse(leadId, officer)).toBe("accepted");
    expect(await look(leadId, officer)).toBe("not_found");
    expect(await onBoard(leadId, officer)).toBe(false);
    for (const other of [colleague, triage]) {
      expect(await look(leadId, other)).toBe("accepted");
      expect(await onBoard(leadId, other)).toBe(true);
    }
    const { history, recusals } = await readLead(test.db, { leadId, tipsPage: null, at: at() }, colleague);
    expect(history.map(({ action: done }) => done)).toEqual(["lead.recused"]);
    expect(history.map(({ data }) => data)).toEqual([{}]);
    expect(recusals).toEqual([]);
    const seen = await readLead(test.db, { leadId, tipsPage: null, at: at() }, triage);
    expect(seen.recusals).toMatchObject([{ name: "回避乙", reason: "主要负责人是本人亲属" }]);
  });

  it("holds against a form opened before: no move, no merging, no second declaration", async () => {
    const { leadId, tipId } = await sendReport(portal);
    const target = await sendReport(portal);
    const { version } = await leadRow(portal, leadId);
    const { rows } = await test.owner.query<{ number: string }>("select number from leads where id = $1", [
      target.leadId,
    ]);
    expect(await recuse(leadId, triage)).toBe("accepted");
    const move = { leadId, to: "triage" as const, version, at: at() };
    const nothing = { note: null, legalBasis: null, proposedBody: null, closureCode: null };
    expect(await refusalOf(moveLead(test.db, { ...move, ...nothing }, triage))).toBe("not_found");
    const attach = { tipId, toLeadNumber: Number(rows[0]?.number), at: at() };
    expect(await refusalOf(attachTip(test.db, portal.pack.pack, attach, triage))).toBe("not_found");
    // Nor may another lead's tips be hung on it.
    const { rows: own } = await test.owner.query<{ number: string }>(
      "select number from leads where id = $1",
      [leadId],
    );
    const onto = { tipId: target.tipId, toLeadNumber: Number(own[0]?.number), at: at() };
    expect(await refusalOf(attachTip(test.db, portal.pack.pack, onto, triage))).not.toBe("accepted");
    expect(await recuse(leadId, triage)).toBe("not_found");
    for (const intent of ["move", "dispatch", "attach", "recuse", "endRecusal"]) {
      const form = { intent, to: "triage", version: String(version), reason: "理由充分" };
      const answer = await call(action, {
        portal,
        actor: triage,
        url: `/staff/leads/${leadId}`,
        params: { leadId },
        form,
      });
      expect([intent, answer.status]).toEqual([intent, 404]);
    }
    expect((await leadRow(portal, leadId)).version).toBe(version);
  });

  it("hands out no sealed key any more, to open or to hand over", async () => {
    const keeper = await makePerson(portal, "leading-office", ["triage_officer"]);
    await holdKeys(portal, keeper);
    await roleKeyOf(portal, "agency:jinhua.police");
    const { leadId, tipId } = await sendReport(portal);
    await test.owner.query(
      "insert into lead_agencies (id, lead_id, agency_id, relation) values (gen_random_uuid(), $1, 'jinhua.police', 'lead')",
      [leadId],
    );
    // The query itself, without the page's own check before it.
    const sealed = () =>
      withActor(test.db, keeper, async (tx) => {
        const read = await readSealed(tx, { tipIds: [tipId], fields: ["narrative"] }, keeper);
        return read(tipId, "narrative");
      });
    const waiting = () => listKeysToHandOver(test.db, { leadIds: [leadId], at: at() }, keeper);
    expect(await sealed()).toMatchObject({ state: "sealed", keys: [{ slot: "triage" }] });
    expect(await waiting()).toMatchObject({ waiting: 1 });
    expect(await recuse(leadId, keeper)).toBe("accepted");
    expect(await sealed()).toEqual({ state: "absent" });
    expect(await waiting()).toMatchObject({ keys: [], waiting: 0 });
  });

  it("is for whoever sees the lead, in their own name, once however often it is sent", async () => {
    const leadId = await leadAt(portal, "dispatched", [{ agency: "police", relation: "lead" }]);
    const stranger = await makePerson(portal, "finance", ["agency_officer"]);
    expect(await recuse(leadId, stranger)).toBe("not_found");
    const person = await makePerson(portal, "police", ["agency_verifier"]);
    const sent = await Promise.all([1, 2, 3].map(() => recuse(leadId, person)));
    expect(sent.toSorted()).toEqual(["accepted", "not_found", "not_found"]);
    expect(await eventCount(portal, leadId, "lead.recused")).toBe(1);
  });

  it.each([
    ["", "needsConflict"],
    [" 一 ", "needsConflict"],
    ["长".repeat(301), "tooLong"],
  ])("needs a reason of 2 to 300 characters: %s", async (reason, error) => {
    const leadId = await leadAt(portal, "triage");
    const post = (text: string) =>
      call(action, {
        portal,
        actor: triage,
        url: `/staff/leads/${leadId}`,
        params: { leadId },
        form: { intent: "recuse", reason: text },
      });
    expect(await post(reason)).toMatchObject({
      status: 400,
      body: { intent: "recuse", state: { errors: { reason: error } } },
    });
    const done = await post("𠮷".repeat(300));
    expect(done.location).toMatch(/^\/staff\/board\?recused=\d+$/);
  });
});

describe("ending a recusal", () => {
  const end = (leadId: string, recusalId: string, actor: StaffActor) =>
    refusalOf(endRecusal(test.db, { leadId, recusalId, at: at() }, actor));

  it("is another triage officer's act by passkey, and brings the lead back", async () => {
    const { leadId } = await sendReport(portal);
    await recuse(leadId, triage);
    const recusalId = await recusalOf(leadId, triage.id);
    const post = (stepUp: string, actor = ender.actor) =>
      call(action, {
        portal,
        actor,
        url: `/staff/leads/${leadId}`,
        params: { leadId },
        form: { intent: "endRecusal", recusalId, stepUp },
      });
    expect(await post("")).toMatchObject({ status: 403, body: { intent: "endRecusal", of: recusalId } });
    const wrong = await stepUpProof(portal, ender, agreedTo.recusalEnd({ leadId, recusalId: leadId }));
    expect((await post(wrong)).status).toBe(400);
    expect(await look(leadId, triage)).toBe("not_found");
    const proof = await stepUpProof(portal, ender, agreedTo.recusalEnd({ leadId, recusalId }));
    const done = await post(proof);
    expect(done.location).toBe(`/staff/leads/${leadId}?done=recusalEnded`);
    expect(await look(leadId, triage)).toBe("accepted");
    expect(await eventCount(portal, leadId, "lead.recusal_ended")).toBe(1);
    expect((await post(proof)).status).toBe(400);
    const page = await call(loader, {
      portal,
      actor: ender.actor,
      url: `/staff/leads/${leadId}`,
      params: { leadId },
    });
    expect(page.field("recusals")).toEqual([]);
  });

  it("is not the person's own, an officer's, an auditor's or a demo session's, and not of another lead", async () => {
    const leadId = await leadAt(portal, "dispatched", [{ agency: "police", relation: "lead" }]);
    const other = await leadAt(portal, "triage");
    await recuse(leadId, triage);
    const recusalId = await recusalOf(leadId, triage.id);
    const auditor = await makePerson(portal, "finance", ["auditor"]);
    for (const by of [triage, officer, auditor]) expect(await end(leadId, recusalId, by)).toBe("not_found");
    expect(await end(leadId, recusalId, { ...ender.actor, method: "demo" })).toBe("passkey_needed");
    expect(await end(other, recusalId, ender.actor)).toBe("not_found");
    expect(await end(leadId, "x", ender.actor)).toBe("not_found");
    expect(await end(leadId, recusalId, ender.actor)).toBe("accepted");
    expect(await end(leadId, recusalId, ender.actor)).toBe("not_found");
    // Declared anew after its end: the earlier one stays as it was.
    expect(await recuse(leadId, triage)).toBe("accepted");
    const change = sql`update lead_recusals set ended_at = null, ended_by = null where id = ${recusalId}`;
    expect(await refusedBy(withActor(test.db, ender.actor, (tx) => tx.execute(change)))).toBe(
      "lead_recusals_history",
    );
  });
});
