import { beforeAll, describe, expect, it } from "vitest";
import type { RawAnswers } from "~/forms/report";
import type { StaffActor } from "~server/staff-auth/actor";
import { recordFinding } from "~server/findings/record-finding.server";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { moveLead } from "~server/triage/move-lead.server";
import { withdrawTip } from "~server/intake/withdraw-tip.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { reportWithReceipt } from "~tests/factories/make-thread";
import { readLead } from "~server/triage/read-lead.server";
import { presentLead } from "~server/triage/present-lead.server";
import { attachTip } from "~server/triage/attach-tip.server";
import { eventCount, leadRow, makePerson, sendReport } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let officer: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  officer = await makePerson(portal, "banking-regulation", ["agency_officer"]);
});

const subject = (over: Record<string, string>): RawAnswers => ({
  subject: { subjectKind: "organisation", name: "某某公司", uscc: "", sites: "", ...over },
});

async function numberOf(leadId: string): Promise<number> {
  const { rows } = await portal.db.pool.query<{ number: string }>("select number from leads where id = $1", [
    leadId,
  ]);
  return Number(rows[0]?.number);
}

async function tipsOf(leadId: string): Promise<string[]> {
  const { rows } = await portal.db.pool.query<{ id: string }>(
    "select id from tips where lead_id = $1 order by arrival_no",
    [leadId],
  );
  return rows.map(({ id }) => id);
}

const attach = (tipId: string, toLeadNumber: number, actor = triage) =>
  attachTip(portal.db, portal.pack.pack, { tipId, toLeadNumber, at: portal.clock.now() }, actor);

describe("which lead a report joins", () => {
  it("is that of an equal 信用代码, whatever the name", async () => {
    const code = withCheckDigit("91330782MA28D1234");
    const first = await sendReport(portal, subject({ uscc: code, name: "甲公司" }));
    const second = await sendReport(portal, subject({ uscc: code, name: "乙公司" }));
    expect(second.leadId).toBe(first.leadId);
  });

  it("is that of an equal site host", async () => {
    const first = await sendReport(portal, subject({ sites: "https://www.hepan.example/a" }));
    const second = await sendReport(
      portal,
      subject({ sites: "http://hepan.example/b?c=1", name: "另一个名字" }),
    );
    expect(second.leadId).toBe(first.leadId);
  });

  it.each(["https://weixin.qq.com/abc", "https://shop1.taobao.com/", "https://t.me/abc"])(
    "is its own when only a shared host is equal: %s",
    async (site) => {
      const first = await sendReport(portal, subject({ sites: site }));
      const second = await sendReport(portal, subject({ sites: site }));
      expect(second.leadId).not.toBe(first.leadId);
    },
  );

  it("is its own when only the name is equal", async () => {
    const first = await sendReport(portal, subject({ name: "同名公司" }));
    const second = await sendReport(portal, subject({ name: "同名公司" }));
    expect(second.leadId).not.toBe(first.leadId);
  });

  it("is one lead for reports that race with the same new host", async () => {
    const sent = await Promise.all(
      Array.from({ length: 6 }, () => sendReport(portal, subject({ sites: "https://race.example/" }))),
    );
    expect(new Set(sent.map(({ leadId }) => leadId)).size).toBe(1);
    expect(await tipsOf(sent[0]?.leadId ?? "")).toHaveLength(6);
  });
});

describe("重大", () => {
  it("is raised by the 20th report within seven days, once, however they race", async () => {
    const site = subject({ sites: "https://flood.example/" });
    const { leadId } = await sendReport(portal, site);
    for (let sent = 1; sent < 18; sent += 1) await sendReport(portal, site);
    expect((await leadRow(portal, leadId)).isMajor).toBe(false);
    await Promise.all(Array.from({ length: 6 }, () => sendReport(portal, site)));
    expect(await tipsOf(leadId)).toHaveLength(24);
    expect((await leadRow(portal, leadId)).isMajor).toBe(true);
    expect(await eventCount(portal, leadId, "lead.major_raised")).toBe(1);
  });
});

describe("reports taken back", () => {
  it("raise no 重大: not by their number, nor by the figures they gave", async () => {
    const site = subject({ sites: "https://withdrawn.example/" });
    const amounts = { amounts: { amount: "exact", amountExact: "7777万元" } };
    for (let sent = 1; sent < 20; sent += 1) {
      const one = await reportWithReceipt(portal, site);
      await withdrawTip(portal, { lookupId: lookupIdOf(one.receipt) });
    }
    const { leadId } = await sendReport(portal, site);
    expect(await tipsOf(leadId)).toHaveLength(20);
    expect((await leadRow(portal, leadId)).isMajor).toBe(false);
    // A mark raised by a figure that is taken back later stays: the office was alarmed with reason.
    const raised = await reportWithReceipt(portal, {
      ...subject({ sites: "https://stays.example/" }),
      ...amounts,
    });
    expect((await leadRow(portal, raised.leadId)).isMajor).toBe(true);
    await withdrawTip(portal, { lookupId: lookupIdOf(raised.receipt) });
    expect((await leadRow(portal, raised.leadId)).isMajor).toBe(true);
  });
});

describe("重大 at the very threshold", () => {
  it.each([1, 2, 3])("is raised when the last reports up to the 20th arrive together (%i)", async (round) => {
    const site = subject({ sites: `https://edge${round}.example/` });
    const { leadId } = await sendReport(portal, site);
    for (let sent = 1; sent < 15; sent += 1) await sendReport(portal, site);
    await Promise.all(Array.from({ length: 5 }, () => sendReport(portal, site)));
    expect(await tipsOf(leadId)).toHaveLength(20);
    expect((await leadRow(portal, leadId)).isMajor).toBe(true);
    expect(await eventCount(portal, leadId, "lead.major_raised")).toBe(1);
  });
});

describe("归并", () => {
  it("moves one report and keeps the order of arrival; an emptied lead closes as a duplicate", async () => {
    const first = await sendReport(portal);
    const second = await sendReport(portal);
    await attach(first.tipId, await numberOf(second.leadId));
    expect(await tipsOf(second.leadId)).toEqual([first.tipId, second.tipId]);
    expect(await leadRow(portal, first.leadId)).toMatchObject({ stage: "closed", closureCode: "duplicate" });
    expect(await eventCount(portal, first.leadId, "tip.attached")).toBe(1);
    expect(await eventCount(portal, second.leadId, "tip.attached")).toBe(1);
  });

  it("both ways at once ends with every report on an open lead", async () => {
    const a = await sendReport(portal);
    const b = await sendReport(portal);
    const outcomes = await Promise.all([
      refusalOf(attach(a.tipId, await numberOf(b.leadId))),
      refusalOf(attach(b.tipId, await numberOf(a.leadId))),
    ]);
    expect(outcomes.sort()).toEqual(["accepted", "lead_closed"]);
    const open = (await leadRow(portal, a.leadId)).closureCode === null ? a.leadId : b.leadId;
    expect((await tipsOf(open)).sort()).toEqual([a.tipId, b.tipId].sort());
  });

  it("is refused onto itself, onto no lead, onto a closed lead, and to anyone but triage", async () => {
    const a = await sendReport(portal);
    const b = await sendReport(portal);
    const c = await sendReport(portal);
    expect(await refusalOf(attach(a.tipId, await numberOf(a.leadId)))).toBe("same_lead");
    expect(await refusalOf(attach(a.tipId, 999_999))).toBe("no_such_lead");
    expect(await refusalOf(attach("no-id", 1))).toBe("not_found");
    expect(await refusalOf(attach(a.tipId, await numberOf(b.leadId), officer))).toBe("not_found");
    await attach(b.tipId, await numberOf(c.leadId));
    expect(await refusalOf(attach(a.tipId, await numberOf(b.leadId)))).toBe("lead_closed");
    expect(await tipsOf(a.leadId)).toEqual([a.tipId]);
  });

  it("is not done from the page of a lead it has left", async () => {
    const [a, b, c] = [await sendReport(portal), await sendReport(portal), await sendReport(portal)];
    await attach(a.tipId, await numberOf(b.leadId));
    const input = { tipId: a.tipId, toLeadNumber: await numberOf(c.leadId), at: portal.clock.now() };
    const stale = attachTip(portal.db, portal.pack.pack, { ...input, fromLeadId: a.leadId }, triage);
    expect(await refusalOf(stale)).toBe("tip_moved");
    expect(await tipsOf(b.leadId)).toContain(a.tipId);
    // Whose lead the report went to stands in no trail's page as a stage.
    const page = await readLead(portal.db, { leadId: b.leadId, tipsPage: null, at: input.at }, triage);
    const told = presentLead(portal.pack.pack, page).history.find(({ action }) => action === "tip.attached");
    expect(told).toMatchObject({ from: null, to: null });
    expect(JSON.stringify(told)).not.toContain(a.leadId);
  });

  it("of its last report is refused while the lead is disputed or has a finding, as a merge of dossiers is", async () => {
    const target = await sendReport(portal);
    const to = await numberOf(target.leadId);
    const at = portal.clock.now();
    const dispatched = async () => {
      const sent = await sendReport(portal);
      const triaged = { suspectedCrime: false, petition: false, nested: false };
      const input = { leadId: sent.leadId, version: 1, sector: "p2p", triage: triaged, at };
      await dispatchLead(portal.db, portal.pack, { ...input, insteadLeadBy: null, reason: null }, triage);
      return sent;
    };
    const move = (leadId: string, stage: "disputed" | "investigating") => {
      const empty = { note: null, proposedBody: null, closureCode: null, at };
      const input = { leadId, to: stage, version: 2, legalBasis: "三(二)5", ...empty };
      return moveLead(portal.db, input, officer);
    };
    const disputed = await dispatched();
    await move(disputed.leadId, "disputed");
    expect(await refusalOf(attach(disputed.tipId, to))).toBe("lead_in_dispute");
    expect(await leadRow(portal, disputed.leadId)).toMatchObject({ stage: "disputed", version: 3 });
    const found = await dispatched();
    await move(found.leadId, "investigating");
    await recordFinding(
      portal.db,
      {
        ...{ leadId: found.leadId, entityClass: "ban", illegalAmountFen: 1n, penaltyFen: 1n },
        ...{ illegalGainsFen: null, collectedFen: null, decisionNumber: "金监罚〔2026〕1号" },
        ...{ decidedOn: "2026-03-01", isFinal: true, at },
      },
      officer,
    );
    expect(await refusalOf(attach(found.tipId, to))).toBe("lead_has_findings");
    expect(await tipsOf(found.leadId)).toEqual([found.tipId]);
    expect(await tipsOf(target.leadId)).toEqual([target.tipId]);
  });
});

/** GB 32100: weights 3^i mod 31 over the first seventeen characters. */
function withCheckDigit(first17: string): string {
  const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  let sum = 0;
  let weight = 1;
  for (const sign of first17) {
    sum += alphabet.indexOf(sign) * weight;
    weight = (weight * 3) % 31;
  }
  return first17 + (alphabet[(31 - (sum % 31)) % 31] ?? "");
}
