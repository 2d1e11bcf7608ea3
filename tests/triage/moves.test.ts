import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { v7 as uuidv7 } from "uuid";
import { findings } from "~db/schema/findings";
import { withActor } from "~db/with-actor.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { listBoard } from "~server/triage/list-board.server";
import { moveLead, type MoveInput } from "~server/triage/move-lead.server";
import { attachTip } from "~server/triage/attach-tip.server";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import { STAGES, type Stage } from "~server/triage/stages";
import { eventCount, leadAt, leadRow, makePerson, sendReport } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let officer: StaffActor;
let helper: StaffActor;
let stranger: StaffActor;
let auditor: StaffActor;
let verifier: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  officer = await makePerson(portal, "banking-regulation", ["agency_officer"]);
  helper = await makePerson(portal, "police", ["agency_officer"]);
  stranger = await makePerson(portal, "market-regulation", ["agency_officer"]);
  auditor = await makePerson(portal, "finance", ["auditor"]);
  verifier = await makePerson(portal, "banking-regulation", ["agency_verifier"]);
});

/** Everything any move asks for, so that only who and where decide. */
const complete = {
  note: "理由",
  legalBasis: "方案三(二)5",
  proposedBody: "jinhua.market-regulation",
  closureCode: "substantiated",
} as const;

const HOLDERS = [
  { agency: "banking-regulation", relation: "lead" },
  { agency: "police", relation: "cooperating" },
] as const;

/** Before dispatch and after a return no body holds a lead. */
const HELD: readonly Stage[] = ["dispatched", "investigating", "determined", "closed", "disputed"];

async function held(stage: Stage): Promise<string> {
  const leadId = await leadAt(portal, stage, HELD.includes(stage) ? HOLDERS : []);
  if (stage === "investigating") await verifiedFinding(leadId);
  return leadId;
}

async function verifiedFinding(leadId: string): Promise<void> {
  await portal.db.orm.insert(findings).values({
    id: uuidv7(),
    leadId,
    version: 1,
    status: "verified",
    entityClass: "ban",
    penaltyFen: 1n,
    decisionNumber: "金处〔2026〕1号",
    decidedOn: "2026-11-01",
    isFinal: true,
    recordedBy: officer.id,
    verifiedBy: verifier.id,
    verifiedAt: portal.clock.now(),
  });
}

const move = (leadId: string, to: Stage, actor: StaffActor, over: Partial<MoveInput> = {}) =>
  moveLead(portal.db, { leadId, to, version: 1, ...complete, at: portal.clock.now(), ...over }, actor);

/** The whole of the board's rules, written out: who may make which move. `route` goes by 确认转办 alone. */
const ALLOWED: Record<string, "triage" | "officer" | "both" | "route"> = {
  "new>triage": "triage",
  "new>dispatched": "route",
  "new>rejected": "triage",
  "triage>dispatched": "route",
  "triage>rejected": "triage",
  "triage>disputed": "triage",
  "dispatched>investigating": "officer",
  "dispatched>returned": "officer",
  "dispatched>disputed": "both",
  "investigating>returned": "officer",
  "investigating>disputed": "both",
  "investigating>determined": "officer",
  "investigating>closed": "officer",
  "determined>closed": "officer",
  "returned>triage": "triage",
  "returned>dispatched": "route",
  "returned>rejected": "triage",
  "disputed>dispatched": "route",
  "disputed>rejected": "triage",
};

function expected(from: Stage, to: Stage, who: "triage" | "officer"): string {
  const rule = ALLOWED[`${from}>${to}`];
  if (who === "officer" && !HELD.includes(from)) return "not_found";
  if (rule === "route") return who === "triage" ? "needs_route" : "move_not_allowed";
  return rule === "both" || rule === who ? "accepted" : "move_not_allowed";
}

describe("moving a card", () => {
  const pairs = STAGES.flatMap((from) => STAGES.map((to) => [from, to] as const));

  it.each(pairs)("from %s to %s: only who the rules name", async (from, to) => {
    const leadId = await held(from);
    for (const [who, actor] of [
      ["triage", triage],
      ["officer", officer],
    ] as const) {
      const lead = expected(from, to, who) === "accepted" ? await held(from) : leadId;
      expect(await refusalOf(move(lead, to, actor)), who).toBe(expected(from, to, who));
      expect((await leadRow(portal, lead)).stage).toBe(expected(from, to, who) === "accepted" ? to : from);
    }
    expect(await refusalOf(move(leadId, to, helper))).toBe(
      HELD.includes(from) ? "move_not_allowed" : "not_found",
    );
    expect(await refusalOf(move(leadId, to, stranger))).toBe("not_found");
    expect(await refusalOf(move(leadId, to, auditor))).toBe("not_found");
  });

  it.each<[string, Stage, Stage, () => StaffActor, Partial<MoveInput>]>([
    ["needs_note", "new", "rejected", () => triage, { note: null }],
    ["needs_legal_basis", "triage", "disputed", () => triage, { legalBasis: null }],
    ["needs_legal_basis", "dispatched", "returned", () => officer, { legalBasis: null }],
    ["needs_proposed_body", "dispatched", "returned", () => officer, { proposedBody: null }],
    ["needs_proposed_body", "dispatched", "returned", () => officer, { proposedBody: "jinhua.nobody" }],
    ["needs_closure", "investigating", "closed", () => officer, { closureCode: null }],
    ["needs_closure", "investigating", "closed", () => officer, { closureCode: "rejected" }],
    ["needs_note", "determined", "closed", () => officer, { note: null }],
  ])("is refused with %s from %s to %s and changes nothing", async (code, from, to, who, over) => {
    const leadId = await held(from);
    expect(await refusalOf(move(leadId, to, who(), over))).toBe(code);
    expect(await leadRow(portal, leadId)).toMatchObject({ stage: from, version: 1 });
    expect(await eventCount(portal, leadId, "lead.moved")).toBe(0);
  });

  it("to 认定 is refused without a verified finding", async () => {
    const leadId = await leadAt(portal, "investigating", HOLDERS);
    expect(await refusalOf(move(leadId, "determined", officer))).toBe("needs_verified_finding");
  });

  it("on an old version is refused", async () => {
    const leadId = await held("new");
    await move(leadId, "triage", triage);
    expect(await refusalOf(move(leadId, "rejected", triage))).toBe("stale_lead");
    expect((await leadRow(portal, leadId)).stage).toBe("triage");
  });

  it("by two officers at once has one effect", async () => {
    const leadId = await held("dispatched");
    const colleague = await makePerson(portal, "banking-regulation", ["agency_officer"]);
    const outcomes = await Promise.all(
      [officer, colleague, officer, colleague].map((who) => refusalOf(move(leadId, "investigating", who))),
    );
    expect(outcomes.sort()).toEqual(["accepted", "stale_lead", "stale_lead", "stale_lead"]);
    expect(await leadRow(portal, leadId)).toMatchObject({ stage: "investigating", version: 2 });
    expect(await eventCount(portal, leadId, "lead.moved")).toBe(1);
  });

  it("back a second time goes to adjudication by itself, and the first return takes the lead from sight", async () => {
    const leadId = await held("dispatched");
    expect((await move(leadId, "returned", officer)).stage).toBe("returned");
    expect(await refusalOf(move(leadId, "investigating", officer, { version: 2 }))).toBe("not_found");
    await portal.db.pool.query("update leads set stage = 'dispatched', version = 1 where id = $1", [leadId]);
    await portal.db.pool.query("update lead_agencies set to_at = null where lead_id = $1", [leadId]);
    expect((await move(leadId, "returned", officer)).stage).toBe("disputed");
    const { rows } = await portal.db.pool.query<{ data: unknown }>(
      "select data from events where lead_id = $1 order by seq desc limit 1",
      [leadId],
    );
    expect(rows[0]?.data).toMatchObject({ to: "disputed", asked: "returned", reason: "second_return" });
  });

  it("is made by triage for a body without accounts, and not once that body has an officer", async () => {
    const leadId = await leadAt(portal, "dispatched", [
      { agency: "insurance-association", relation: "lead" },
    ]);
    expect(await refusalOf(move(leadId, "investigating", triage))).toBe("accepted");
    await makePerson(portal, "insurance-association", ["agency_officer"]);
    expect(await refusalOf(move(leadId, "returned", triage, { version: 2 }))).toBe("move_not_allowed");
  });
});

describe("ending a lead", () => {
  const at = () => portal.clock.now();
  const look = (leadId: string, actor: StaffActor) =>
    readLead(portal.db, { leadId, tipsPage: 1, at: at() }, actor);
  const end = async (leadId: string, to: Stage, actor: StaffActor) => {
    const { version } = await leadRow(portal, leadId);
    return refusalOf(move(leadId, to, actor, { version, closureCode: "unsubstantiated" }));
  };
  const subjectOf = (site: string) => ({
    subject: { subjectKind: "site", name: "待办结平台", sites: site, uscc: "" },
  });

  it("asks that this very person opened it since its last report, whichever way that came", async () => {
    const { leadId } = await sendReport(portal, subjectOf("ending.example"));
    const colleague = await makePerson(portal, "leading-office", ["triage_officer"]);
    await look(leadId, colleague);
    await readLead(portal.db, { leadId, tipsPage: null, at: at() }, triage);
    expect(await end(leadId, "rejected", triage)).toBe("not_viewed");
    await look(leadId, triage);
    await sendReport(portal, subjectOf("ending.example"));
    expect(await end(leadId, "rejected", triage)).toBe("not_viewed");
    await look(leadId, triage);
    const older = await sendReport(portal);
    const { number } = (await look(leadId, triage)).lead;
    await attachTip(
      portal.db,
      portal.pack.pack,
      { tipId: older.tipId, toLeadNumber: number, at: at() },
      triage,
    );
    expect(await end(leadId, "rejected", triage)).toBe("not_viewed");
    expect(await leadRow(portal, leadId)).toMatchObject({ stage: "new" });
    await look(leadId, triage);
    expect(await end(leadId, "rejected", triage)).toBe("accepted");
  });

  it("asks a body to look at what it sees alone: a report about an official asks nothing of it, and triage to look", async () => {
    const subject = subjectOf("ending-official.example");
    const { leadId } = await sendReport(portal, subject);
    const none = { insteadLeadBy: null, reason: null, at: at() };
    const triaged = { suspectedCrime: false, petition: false, nested: false };
    await dispatchLead(
      portal.db,
      portal.pack,
      { leadId, version: 1, sector: "p2p", triage: triaged, ...none },
      triage,
    );
    await move(leadId, "investigating", officer, { version: 2 });
    await Promise.all([look(leadId, triage), look(leadId, officer)]);
    await sendReport(portal, { ...subject, official: { official: "yes" } });
    const asks = async (actor: StaffActor) =>
      withActor(portal.db, actor, async (tx) => {
        const { rows } = await tx.execute(sql`select viewed_by_me(${leadId}::uuid) as viewed`);
        return rows;
      });
    expect(await asks(triage)).toEqual([{ viewed: false }]);
    expect(await end(leadId, "closed", officer)).toBe("accepted");
  });
});

describe("the board", () => {
  it("offers exactly the moves that would be accepted or need a route", async () => {
    for (const [who, actor] of [
      ["triage", triage],
      ["officer", officer],
    ] as const) {
      const columns = await listBoard(portal.db, { filters: {} }, actor);
      for (const { stage, cards } of columns) {
        const card =
          cards.find(({ leadAgencies }) => leadAgencies.includes("国家金融监督管理总局金华监管分局")) ?? null;
        if (card === null) continue;
        const offered = card.moves.map(({ to }) => to);
        const right = STAGES.filter((to) => ["accepted", "needs_route"].includes(expected(stage, to, who)));
        expect([...offered].sort(), `${who} in ${stage}`).toEqual([...right].sort());
      }
    }
  });

  it("shows an agency no lead that it does not hold, and counts none", async () => {
    const columns = await listBoard(portal.db, { filters: {} }, stranger);
    expect(columns.map(({ count }) => count)).toEqual(STAGES.map(() => 0));
  });
});
