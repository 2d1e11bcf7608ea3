import { beforeAll, describe, expect, it } from "vitest";
import { indexNames } from "~server/dossiers/index-names.server";
import { chinaDay } from "~server/clock";
import { issueLetter } from "~server/handling/issue-letter.server";
import { preserveItem } from "~server/handling/preserve-item.server";
import { recordStep } from "~server/handling/record-step.server";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { moveLead } from "~server/triage/move-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import { reopenLead } from "~server/triage/reopen-lead.server";
import { makeDisputeCast } from "~tests/factories/dispute-cast";
import { about, freshSite } from "~tests/factories/dossier-desk";
import { eventCount, leadRow } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { openMergeDesk, type MergeDesk } from "./merge-desk";

const test = testDatabase();
let portal: MergeDesk["portal"];
let triage: MergeDesk["triage"];
let officer: MergeDesk["officer"];
let send: MergeDesk["send"];
let settle: MergeDesk["settle"];
let one: MergeDesk["one"];
let merge: MergeDesk["merge"];
let part: MergeDesk["part"];
let run: MergeDesk["run"];

beforeAll(async () => {
  ({ portal, triage, officer, send, settle, one, merge, part, run } = await openMergeDesk(test));
});
const fresh = freshSite;

describe("what runs on the lead that ends", () => {
  it("runs on when the merge is undone, without the days of the merge", async () => {
    const [kept, gone] = [await send(about(fresh())), await send(about(fresh()))];
    await settle(gone.leadId, "dispatched", false);
    const began = portal.clock.now();
    portal.clock.set("2026-03-02T02:00:00Z");
    await run(gone.leadId, false);
    const due = () =>
      one<{ due: string; staff: string; lead: string }>(
        `select c.due_on::text as due, l.handle_due_on::text as lead, (select staff_id from lead_assignments a
           where a.lead_id = l.id and a.ended_at is null) as staff
           from lead_clocks c join leads l on l.id = c.lead_id
          where l.id = $1 and c.kind = 'handle' and c.ended_on is null`,
        [gone.leadId],
      );
    // The 60th day, 1 May, is a day off.
    expect(await due()).toMatchObject({ due: "2026-05-06" });
    const { mergeId } = await merge(kept.dossierId, gone.dossierId);
    expect(await due()).toBeUndefined();
    portal.clock.set("2026-03-30T02:00:00Z");
    await part(mergeId);
    portal.clock.set(began);
    expect(await due()).toEqual({ due: "2026-05-29", lead: "2026-05-29", staff: officer.id });
    expect(
      await refusedBy(
        test.owner.query("update lead_clocks set ended_on = current_date where lead_id = $1", [gone.leadId]),
      ),
    ).toBe("accepted");
    expect(
      await refusedBy(
        test.owner.query("update lead_clocks set ended_on = null where lead_id = $1", [gone.leadId]),
      ),
    ).toBe("lead_clocks_history");
  });

  it("is its handling too: no day runs on an emptied lead, and each comes back as it was told, but for what came since", async () => {
    const [kept, gone] = [await send(about(fresh())), await send(about(fresh()))];
    const { leadId } = gone;
    await settle(leadId, "investigating", false);
    const began = portal.clock.now();
    const on = (day: string) => portal.clock.set(`${day}T02:00:00Z`);
    on("2026-03-02");
    const issue = (kind: "rectify" | "repayment", reason: string | null = null) =>
      issueLetter(
        portal,
        {
          ...{ leadId, kind, recipient: "某某理财", legalBasis: "方案五(二)", reason, replyTo: null },
          ...{ items: [{ text: "承诺保本保息", clause: null }], limit: { days: 10, kind: "working" } },
        },
        officer,
      );
    const step = (letterId: string, kind: "served" | "received", onDay: string) =>
      recordStep(
        portal.db,
        {
          ...{ leadId, letterId, kind, onDay, result: null, extendDays: null, documentNumber: null },
          ...{ note: null, bundle: null, at: portal.clock.now() },
        },
        officer,
      );
    const [told, answered, later] = [
      await issue("rectify"),
      await issue("repayment"),
      await issue("rectify", "另一问题"),
    ];
    await step(told.letterId, "served", "2026-03-02");
    await step(answered.letterId, "served", "2026-03-02");
    const running = async () =>
      (
        await test.owner.query<{ subject: string; due: string }>(
          `select subject, due_on::text as due from lead_clocks where lead_id = $1 and ended_on is null order by id`,
          [leadId],
        )
      ).rows;
    const before = await running();
    expect(before).toHaveLength(2);
    on("2026-03-06");
    const { mergeId } = await merge(kept.dossierId, gone.dossierId);
    expect(await running()).toEqual([]);
    on("2026-03-10");
    await step(answered.letterId, "received", "2026-03-10");
    await step(later.letterId, "served", "2026-03-10");
    expect(await running()).toEqual([]);
    on("2026-04-20");
    await part(mergeId);
    portal.clock.set(began);
    expect(await running()).toEqual([
      before.find(({ subject }) => subject === told.letterId),
      { subject: later.letterId, due: "2026-03-24" },
    ]);
  });

  it("waits for the decision on things kept, whichever way it would end", async () => {
    const [kept, gone] = [await send(about(fresh())), await send(about(fresh()))];
    await settle(gone.leadId, "investigating", false);
    await preserveItem(
      portal.db,
      {
        ...{ leadId: gone.leadId, item: "电脑主机", quantity: "3 台", place: "库房", holder: "甲某" },
        ...{ sha256: null, takenOn: chinaDay(portal.clock.now()), legalBasis: "行政处罚法 第五十六条" },
        at: portal.clock.now(),
      },
      officer,
    );
    expect(await refusalOf(merge(kept.dossierId, gone.dossierId))).toBe("things_kept");
    expect(
      await refusedBy(
        test.owner.query(
          "update leads set stage = 'closed', closure_code = 'duplicate', closed_at = now() where id = $1",
          [gone.leadId],
        ),
      ),
    ).toBe("leads_things_decided");
    await merge(gone.dossierId, kept.dossierId);
  });

  it("refuses the merge while it is in a dispute", async () => {
    const cast = await makeDisputeCast(portal, portal.db);
    const [kept, gone] = [await send(about(fresh())), await send(about(fresh()))];
    await cast.dispatch(gone.leadId, cast.bank.agencyId);
    await cast.move(gone.leadId, "disputed", cast.bank);
    expect(await refusalOf(merge(kept.dossierId, gone.dossierId))).toBe("lead_in_dispute");
    expect(await leadRow(portal, gone.leadId)).toMatchObject({ stage: "disputed" });
  });
});

describe("dossiers from before names were indexed", () => {
  it("each get their keys, however many identifiers another of the batch has", async () => {
    const [a, b] = [fresh(), fresh()];
    const [large, small] = [await send(about(a)), await send(about(b))];
    await test.owner.query(
      `insert into tip_identifiers (id, tip_id, kind, value, key)
       select gen_random_uuid(), $1, 'site', 'https://x' || n || '.example/', 'x' || n || '.example' from generate_series(1, 5100) n`,
      [large.tipId],
    );
    const ids = [large.dossierId, small.dossierId];
    await test.owner.query("delete from dossier_keys where dossier_id = any($1)", [ids]);
    await test.owner.query("update dossiers set grams = null, folded = null where id = any($1)", [ids]);
    await indexNames(portal.db);
    expect(
      await one("select count(*)::int as n from dossier_keys where dossier_id = $1", [small.dossierId]),
    ).toEqual({ n: 1 });
  });
});

describe("重大 once a merge is undone", () => {
  const raised = (leadId: string) => leadRow(portal, leadId).then(({ isMajor }) => isMajor);
  /** Two subjects that reach the 20 reports of a week together only. */
  const joined = async () => {
    const [a, b] = [fresh(), fresh()];
    const [kept, gone] = [await send(about(a)), await send(about(b))];
    for (let n = 1; n < 11; n += 1) {
      await send(about(a));
      await send(about(b));
    }
    expect(await raised(kept.leadId)).toBe(false);
    const { mergeId } = await merge(kept.dossierId, gone.dossierId);
    expect(await raised(kept.leadId)).toBe(true);
    return { mergeId, leadId: kept.leadId };
  };

  it("is taken back where the merge alone had reached it, and the trail says so", async () => {
    const { mergeId, leadId } = await joined();
    await part(mergeId);
    expect(await raised(leadId)).toBe(false);
    expect(await eventCount(portal, leadId, "lead.major_withdrawn")).toBe(1);
  });

  it("goes with the reports that came while the merge stood: to the lead they follow, and from the one they leave", async () => {
    const [a, b] = [fresh(), fresh()];
    const [kept, gone] = [await send(about(a)), await send(about(b))];
    for (let sent = 1; sent < 12; sent += 1) await send(about(b));
    const { mergeId } = await merge(kept.dossierId, gone.dossierId);
    expect(await raised(kept.leadId)).toBe(false);
    for (let sent = 0; sent < 10; sent += 1) await send(about(b));
    expect(await raised(kept.leadId)).toBe(true);
    await part(mergeId);
    expect([await raised(kept.leadId), await raised(gone.leadId)]).toEqual([false, true]);
    expect(await eventCount(portal, kept.leadId, "lead.major_withdrawn")).toBe(1);
    expect(await eventCount(portal, gone.leadId, "lead.major_raised")).toBe(1);
    const alerts = await one<{ n: number }>("select count(*)::int as n from alerts where lead_id = $1", [
      gone.leadId,
    ]);
    expect(alerts.n).toBe(1);
  });

  it("stays where it was raised otherwise, or a dispatch since called for it", async () => {
    const { mergeId, leadId } = await joined();
    await dispatchLead(
      portal.db,
      portal.pack,
      {
        ...{ leadId, version: (await leadRow(portal, leadId)).version, sector: "p2p" },
        ...{ triage: { suspectedCrime: true, petition: false, nested: false }, insteadLeadBy: null },
        ...{ reason: null, at: portal.clock.now() },
      },
      triage,
    );
    await part(mergeId);
    expect(await raised(leadId)).toBe(true);
    const [x, y] = [await send(about(fresh())), await send(about(fresh()))];
    const second = await merge(x.dossierId, y.dossierId);
    await test.owner.query("update leads set is_major = true where id = $1", [x.leadId]);
    await part(second.mergeId);
    expect(await raised(x.leadId)).toBe(true);
  });
});

describe("a lead that was closed since the merge", () => {
  it("keeps the merge until triage opens it again, which it may without anybody's wish", async () => {
    const [kept, gone] = [await send(about(fresh())), await send(about(fresh()))];
    const { mergeId } = await merge(kept.dossierId, gone.dossierId);
    const closing = {
      ...{ leadId: kept.leadId, to: "rejected" as const, note: "不属于受理范围", legalBasis: null },
      ...{ proposedBody: null, closureCode: null, at: portal.clock.now() },
    };
    await readLead(portal.db, { leadId: kept.leadId, tipsPage: 1, at: closing.at }, triage);
    await moveLead(portal.db, { ...closing, version: (await leadRow(portal, kept.leadId)).version }, triage);
    expect(await refusalOf(part(mergeId))).toBe("lead_closed");
    await reopenLead(
      portal.db,
      {
        ...{ leadId: kept.leadId, version: (await leadRow(portal, kept.leadId)).version },
        ...{ note: "经核实并非同一主体，需要分开", own: true, at: closing.at },
      },
      triage,
    );
    await part(mergeId);
    expect((await leadRow(portal, gone.leadId)).stage).toBe("new");
  });
});
