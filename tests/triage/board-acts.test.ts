import { beforeAll, describe, expect, it, vi } from "vitest";
import { type StaffActor } from "~server/staff-auth/actor";
import { suspendStaff } from "~server/staff-auth/suspend-staff.server";
import { actOnSet, readSet } from "~server/triage/act-on-set.server";
import { dropOldSets } from "~server/triage/drop-old-sets.server";
import { resumeSet } from "~server/triage/resume-set.server";
import { assignLead, type AssignTo } from "~server/triage/assign-lead.server";
import { declareRecusal } from "~server/triage/declare-recusal.server";
import { freezeSet } from "~server/triage/freeze-set.server";
import { listAssignments } from "~server/triage/list-assignments.server";
import { listBoard } from "~server/triage/list-board.server";
import { listChanges } from "~server/triage/list-changes.server";
import { countViewsOver, listViews } from "~server/triage/list-views.server";
import { moveLead } from "~server/triage/move-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import { readBoardOptions, setBoardOptions } from "~server/triage/set-board-options.server";
import { removeView, saveView, setHabits } from "~server/triage/save-view.server";
import { eventCount, leadAt, leadRow, makePerson, sendReport } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let officer: StaffActor;
let colleague: StaffActor;
let stranger: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"], { name: "研判甲" });
  officer = await makePerson(portal, "police", ["agency_officer"], { name: "承办甲" });
  colleague = await makePerson(portal, "police", ["agency_officer"], { name: "承办乙" });
  stranger = await makePerson(portal, "market-regulation", ["agency_officer"], { name: "外人" });
});

const at = () => portal.clock.now();
const police = [{ agency: "police", relation: "lead" }] as const;
describe("assigning a lead", () => {
  const give = (leadId: string, to: AssignTo, actor: StaffActor) =>
    refusalOf(assignLead(test.db, { leadId, version: 1, to, at: at() }, actor));
  const holder = async (leadId: string) =>
    (await listAssignments(test.db, leadId, officer)).live.map(({ person }) => person);

  it("keeps its history as it is taken, handed over and given up, and narrows 我的 to its holder", async () => {
    const leadId = await leadAt(portal, "investigating", police);
    expect(await give(leadId, "me", officer)).toBe("accepted");
    expect(await give(leadId, "me", officer)).toBe("already_assigned");
    expect(await give(leadId, { staffId: colleague.id }, officer)).toBe("accepted");
    expect(await holder(leadId)).toEqual(["承办乙"]);
    const mine = async (actor: StaffActor) =>
      (await listBoard(test.db, { filters: { assignee: actor.id } }, actor)).flatMap(({ cards }) =>
        cards.map(({ id }) => id),
      );
    expect(await mine(colleague)).toContain(leadId);
    expect(await mine(officer)).not.toContain(leadId);
    expect(await give(leadId, "nobody", colleague)).toBe("accepted");
    const { live, ended } = await listAssignments(test.db, leadId, officer);
    expect([live, ended.map(({ how }) => how).toSorted()]).toEqual([[], ["handed_over", "taken"]]);
    expect(await eventCount(portal, leadId, "lead.assigned")).toBe(2);
  });

  it("shows nobody more, and takes nobody who may not see the lead", async () => {
    const leadId = await leadAt(portal, "investigating", police);
    for (const who of [stranger, triage])
      expect(await give(leadId, { staffId: who.id }, officer)).toBe("not_assignable");
    expect(await give(leadId, "me", stranger)).toBe("not_found");
    const fresh = await leadAt(portal, "new");
    expect(await give(fresh, { staffId: officer.id }, triage)).toBe("not_assignable");
    expect(await give(fresh, "me", triage)).toBe("accepted");
    // Even the owner of the tables is refused by the trigger.
    expect(
      await refusedBy(
        test.owner.query(
          `insert into lead_assignments (id, lead_id, reach, staff_id, how, assigned_by, from_at)
           values (gen_random_uuid(), $1, 'jinhua.police', $2, 'assigned', $2, now())`,
          [fresh, officer.id],
        ),
      ),
    ).toBe("lead_assignments_person");
  });

  it("ends with the hold and with a declared conflict, and skips the recused in turn", async () => {
    const leadId = await leadAt(portal, "investigating", police);
    await give(leadId, "me", officer);
    await declareRecusal(test.db, { leadId, reason: "亲属任职", at: at() }, officer);
    expect((await listAssignments(test.db, leadId, colleague)).live).toEqual([]);
    expect(await give(leadId, "turn", colleague)).toBe("accepted");
    expect((await listAssignments(test.db, leadId, colleague)).live.map(({ person }) => person)).toEqual([
      "承办乙",
    ]);
    expect(await give(leadId, { staffId: officer.id }, colleague)).toBe("not_assignable");
    await test.owner.query("update lead_agencies set to_at = now() where lead_id = $1", [leadId]);
    const { live, ended } = await listAssignments(test.db, leadId, triage);
    expect([live.length, ended.length]).toEqual([0, 2]);
  });

  it("ends when its person is suspended, or loses the role they worked on it by; nobody has it then", async () => {
    const admin = await makePerson(portal, "leading-office", ["administrator"]);
    const taken = async (who: StaffActor) => {
      const leadId = await leadAt(portal, "investigating", police);
      expect(await give(leadId, "me", who)).toBe("accepted");
      return leadId;
    };
    const leaver = await makePerson(portal, "police", ["agency_officer", "agency_verifier"]);
    const mover = await makePerson(portal, "police", ["agency_officer", "agency_verifier"]);
    const [left, moved, kept] = [await taken(leaver), await taken(mover), await taken(colleague)];
    await suspendStaff(portal.db, { staffId: leaver.id, clock: portal.clock }, admin);
    // Another role of theirs is not what they work by.
    await test.owner.query(
      "update staff_roles set revoked_at = now() where staff_id = $1 and role = 'agency_verifier'",
      [mover.id],
    );
    const free = async () =>
      (await listBoard(test.db, { filters: { assignee: "none" } }, colleague))
        .flatMap(({ cards }) => cards.map(({ id }) => id))
        .filter((id) => [left, moved, kept].includes(id));
    expect(await free()).toEqual([left]);
    await test.owner.query(
      "update staff_roles set revoked_at = now() where staff_id = $1 and role = 'agency_officer'",
      [mover.id],
    );
    expect((await free()).toSorted()).toEqual([left, moved].toSorted());
    expect(await give(left, "me", colleague)).toBe("accepted");
  });

  it("in turn goes to whoever has the fewest open, one each however many ask at once", async () => {
    const team = await Promise.all(
      ["轮甲", "轮乙", "轮丙"].map((name) =>
        makePerson(portal, "banking-regulation", ["agency_officer"], { name }),
      ),
    );
    const [first] = team;
    if (first === undefined) throw new Error("there is a team");
    const ids = await Promise.all(
      Array.from({ length: 6 }, () =>
        leadAt(portal, "investigating", [{ agency: "banking-regulation", relation: "lead" }]),
      ),
    );
    const given = await Promise.all(
      ids.map((leadId) => assignLead(test.db, { leadId, version: 1, to: "turn", at: at() }, first)),
    );
    const loads = team.map(({ id }) => given.filter(({ staffId }) => staffId === id).length);
    expect(loads).toEqual([2, 2, 2]);
  });
});

describe("an act on many leads", () => {
  it("of 200 frozen rows does those unchanged, and skips and names those changed meanwhile", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 200; n += 1) ids.push(await leadAt(portal, "new"));
    const { setId } = await freezeSet(
      test.db,
      { picks: ids.map((id) => ({ id, version: 1 })), at: at() },
      triage,
    );
    const changed = ids.filter((_id, n) => n % 8 === 0);
    const move = { note: null, legalBasis: null, proposedBody: null, closureCode: null } as const;
    for (const leadId of changed)
      await moveLead(test.db, { leadId, version: 1, to: "triage", ...move, at: at() }, triage);
    await test.owner.query(
      "insert into lead_recusals (id, lead_id, staff_id, reason, declared_at) values (gen_random_uuid(), $1, $2, '亲属', now())",
      [ids[1], triage.id],
    );
    const act = { kind: "move", to: "rejected", ...move, note: "不属于受理范围" } as const;
    const attempts = [0, 1].map(() => actOnSet(portal, { setId, act, at: at() }, triage));
    const outcomes = await Promise.allSettled(attempts);
    // Carried out once, though asked for twice at once.
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const set = await readSet(test.db, setId, triage);
    const results = new Map(set.rows.map(({ leadId, result }) => [leadId, result]));
    expect(set.gone).toBe(1);
    expect(changed.map((id) => results.get(id))).toEqual(changed.map(() => "stale_lead"));
    expect([...results.values()].filter((result) => result === "done")).toHaveLength(
      200 - changed.length - 1,
    );
    for (const leadId of changed.slice(0, 3)) expect((await leadRow(portal, leadId)).stage).toBe("triage");
    expect((await leadRow(portal, ids[1] ?? "")).stage).toBe("new");
    expect(await refusalOf(actOnSet(portal, { setId, act, at: at() }, triage))).toBe("set_started");
  }, 120_000);

  it("ends no lead whose reports this person has not opened, and names it", async () => {
    const [seen, unseen, grown] = [
      await sendReport(portal),
      await sendReport(portal),
      await sendReport(portal),
    ];
    const subject = { subjectKind: "site", name: "增多平台", sites: "grown.example", uscc: "" };
    const first = await sendReport(portal, { subject });
    for (const { leadId } of [seen, grown, first])
      await readLead(test.db, { leadId, tipsPage: 1, at: at() }, triage);
    await sendReport(portal, { subject });
    const ids = [seen, unseen, grown, first].map(({ leadId }) => leadId);
    const picks = ids.map((id) => ({ id, version: 1 }));
    const { setId } = await freezeSet(test.db, { picks, at: at() }, triage);
    const words = { note: "不属于受理范围", legalBasis: null, proposedBody: null, closureCode: null };
    const act = { kind: "move", to: "rejected", ...words } as const;
    expect(await actOnSet(portal, { setId, act, at: at() }, triage)).toEqual({ done: 2, skipped: 2 });
    const { rows } = await readSet(test.db, setId, triage);
    expect(ids.map((id) => rows.find(({ leadId }) => leadId === id)?.result)).toEqual([
      ...["done", "not_viewed", "done", "not_viewed"],
    ]);
    expect((await leadRow(portal, unseen.leadId)).stage).toBe("new");
  });

  it("goes on after a lead on which it fails, and says so of that one", async () => {
    const ids = [await leadAt(portal, "new"), await leadAt(portal, "new"), await leadAt(portal, "new")];
    const picks = ids.map((id) => ({ id, version: 1 }));
    const { setId } = await freezeSet(test.db, { picks, at: at() }, triage);
    await test.owner.query(
      `create function break_one() returns trigger language plpgsql as $$
       begin if new.id = '${ids[1]}' then raise exception 'broken'; end if; return new; end $$;
       create trigger break_one before update on leads for each row execute function break_one()`,
    );
    const said = vi.spyOn(portal.log, "error").mockReturnValue();
    const words = { note: "不属于受理范围", legalBasis: null, proposedBody: null, closureCode: null };
    const act = { kind: "move", to: "rejected", ...words } as const;
    expect(await actOnSet(portal, { setId, act, at: at() }, triage)).toEqual({ done: 2, skipped: 1 });
    expect(said.mock.calls).toEqual([[{ code: "P0001" }, "bulk act failed on one lead"]]);
    said.mockRestore();
    await test.owner.query("drop trigger break_one on leads; drop function break_one()");
    const { rows } = await readSet(test.db, setId, triage);
    expect(rows.map(({ result }) => result)).toEqual(["done", "failed", "done"]);
  });

  it("that was cut off is taken up once: what was done stays done, noted or not, and old sets go away", async () => {
    const ids = [await leadAt(portal, "new"), await leadAt(portal, "new"), await leadAt(portal, "new")];
    const picks = ids.map((id) => ({ id, version: 1 }));
    const { setId } = await freezeSet(test.db, { picks, at: at() }, triage);
    const later = (minutes: number) => new Date(at().getTime() + minutes * 60_000);
    expect(await refusalOf(resumeSet(portal, { setId, at: later(60) }, triage))).toBe("not_found");
    const words = { note: "不属于受理范围", legalBasis: null, proposedBody: null, closureCode: null };
    const act = { kind: "move", to: "rejected", ...words } as const;
    expect(await actOnSet(portal, { setId, act, at: at() }, triage)).toEqual({ done: 3, skipped: 0 });
    expect(await refusalOf(resumeSet(portal, { setId, at: later(60) }, triage))).toBe("set_started");
    // As an end between the deed and its note leaves it; and one lead whose turn had not come.
    await test.owner.query("update bulk_rows set result = null where set_id = $1 and ordinal > 1", [setId]);
    const next = await leadAt(portal, "new");
    await test.owner.query(
      "insert into bulk_rows (set_id, lead_id, ordinal, version) values ($1, $2, 4, 1)",
      [setId, next],
    );
    expect(await refusalOf(resumeSet(portal, { setId, at: later(9) }, triage))).toBe("set_running");
    expect(await refusalOf(resumeSet(portal, { setId, at: later(60) }, officer))).toBe("not_found");
    const both = await Promise.allSettled(
      [0, 1].map(() => resumeSet(portal, { setId, at: later(60) }, triage)),
    );
    expect(both.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []))).toEqual([
      { done: 1, skipped: 0, before: 3 },
    ]);
    expect((await readSet(test.db, setId, triage)).rows.map(({ result }) => result)).toEqual(
      Array.from({ length: 4 }, () => "done"),
    );
    expect((await leadRow(portal, next)).stage).toBe("rejected");
    const clock = (days: number) => ({ now: () => later(days * 24 * 60) });
    expect(await dropOldSets(test.db, clock(89))).toEqual({ dropped: 0 });
    expect((await dropOldSets(test.db, clock(91))).dropped).toBeGreaterThan(0);
    expect(await refusalOf(readSet(test.db, setId, triage))).toBe("not_found");
  });

  it("freezes only what the person sees, at most 500, and is nobody else's", async () => {
    const mine = await leadAt(portal, "investigating", police);
    const other = await leadAt(portal, "investigating", [{ agency: "finance", relation: "lead" }]);
    const picks = [mine, other].map((id) => ({ id, version: 1 }));
    const { setId } = await freezeSet(test.db, { picks, at: at() }, officer);
    expect((await readSet(test.db, setId, officer)).rows.map(({ leadId }) => leadId)).toEqual([mine]);
    expect(await refusalOf(readSet(test.db, setId, colleague))).toBe("not_found");
    const act = { kind: "assign", to: "me" } as const;
    expect(await refusalOf(actOnSet(portal, { setId, act, at: at() }, colleague))).toBe("not_found");
    expect(await refusalOf(freezeSet(test.db, { picks: [], at: at() }, officer))).toBe("nothing_chosen");
    const many = Array.from({ length: 501 }, () => ({ id: mine, version: 1 }));
    expect(await refusalOf(freezeSet(test.db, { picks: many, at: at() }, officer))).toBe("too_many_chosen");
    // A choice grows across pages until it is acted on.
    const next = await leadAt(portal, "dispatched", police);
    await freezeSet(test.db, { picks: [{ id: next, version: 1 }], setId, at: at() }, officer);
    expect(await actOnSet(portal, { setId, act, at: at() }, officer)).toEqual({ done: 2, skipped: 0 });
    expect(await refusalOf(freezeSet(test.db, { picks, setId, at: at() }, officer))).toBe("set_started");
  });
});

describe("a second save", () => {
  it("is told which fields somebody else changed, and who", async () => {
    const leadId = await leadAt(portal, "new");
    const move = { note: null, legalBasis: null, proposedBody: null, closureCode: null } as const;
    await moveLead(test.db, { leadId, version: 1, to: "triage", ...move, at: at() }, triage);
    expect(await listChanges(test.db, { leadId, since: 1 }, triage)).toMatchObject([
      { field: "stage", was: "new", becomes: "triage", by: "研判甲" },
    ]);
    expect(await listChanges(test.db, { leadId, since: 2 }, triage)).toEqual([]);
    expect(await refusalOf(listChanges(test.db, { leadId, since: 1 }, stranger))).toBe("not_found");
  });
});

describe("how many a body means to have in a column", () => {
  it("is set and seen by its own people, and stops no card", async () => {
    const set = (actor: StaffActor) =>
      refusalOf(
        setBoardOptions(
          test.db,
          { stageLimits: { investigating: 1 }, personLimit: 1, inTurn: false, at: at() },
          actor,
        ),
      );
    const auditor = await makePerson(portal, "finance", ["auditor"]);
    expect([await set(officer), await set(auditor)]).toEqual(["accepted", "not_found"]);
    expect((await readBoardOptions(test.db, colleague)).stageLimits).toEqual({ investigating: 1 });
    expect((await readBoardOptions(test.db, stranger)).stageLimits).toEqual({});
    const move = { note: null, legalBasis: null, proposedBody: null, closureCode: null };
    for (let n = 0; n < 2; n += 1) {
      const leadId = await leadAt(portal, "dispatched", police);
      const to = { leadId, version: 1, to: "investigating" as const, ...move, at: at() };
      expect(await refusalOf(moveLead(test.db, to, officer))).toBe("accepted");
      expect(await refusalOf(assignLead(test.db, { leadId, version: 2, to: "me", at: at() }, officer))).toBe(
        "accepted",
      );
    }
  });
});

describe("a kept view", () => {
  const view = (over: Partial<Parameters<typeof saveView>[1]>, actor: StaffActor) =>
    saveView(
      test.db,
      {
        name: "重大",
        query: "major=yes",
        shared: false,
        makeDefault: false,
        threshold: null,
        at: at(),
        ...over,
      },
      actor,
    );
  const names = async (actor: StaffActor) =>
    (await listViews(test.db, { today: "2026-03-02" }, actor)).views.map(({ name }) => name);

  it("is its owner's, or their body's; removed by its owner alone, and then no default of anybody's", async () => {
    const { id } = await view({ name: "共享的", shared: true }, officer);
    await view({ name: "自己的", makeDefault: true }, officer);
    expect(await refusalOf(view({ name: "自己的" }, officer))).toBe("view_name_taken");
    expect(await names(officer)).toEqual(["自己的", "共享的"]);
    expect(await names(colleague)).toEqual(["共享的"]);
    expect(await names(stranger)).toEqual([]);
    await setHabits(test.db, { defaultViewId: id }, colleague);
    expect(await refusalOf(setHabits(test.db, { defaultViewId: id }, stranger))).toBe("not_found");
    expect(await refusalOf(removeView(test.db, id, colleague))).toBe("not_found");
    await removeView(test.db, id, officer);
    expect((await listViews(test.db, { today: "2026-03-02" }, colleague)).habits.defaultQuery).toBeNull();
    expect((await listViews(test.db, { today: "2026-03-02" }, officer)).habits.defaultQuery).toBe(
      "major=yes",
    );
  });

  it("tells once it holds more than its threshold, each viewer by what they see themselves", async () => {
    const today = { today: "2026-03-02" };
    const own = await makePerson(portal, "finance", ["agency_officer"]);
    const finance = [{ agency: "finance", relation: "lead" }] as const;
    await leadAt(portal, "determined", finance);
    await view({ name: "认定中", query: "stage=determined", threshold: 1, shared: true }, own);
    expect(await countViewsOver(test.db, today, own)).toBe(0);
    await leadAt(portal, "determined", finance);
    expect(await countViewsOver(test.db, today, own)).toBe(1);
    expect(await countViewsOver(test.db, today, stranger)).toBe(0);
  });
});
