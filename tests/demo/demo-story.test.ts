import { describe, expect, it } from "vitest";
import { boardColumns, closureCodes } from "~server/demo/demo-grammar";
import type { DemoLead } from "~server/demo/demo-grammar";
import { readDemo } from "./read-demo";

const { platforms, tips, leads, closures, staff } = readDemo();

/** Where the board lets a card go from each column. */
const next: Record<(typeof boardColumns)[number], readonly string[]> = {
  new: ["triage"],
  triage: ["dispatched", "rejected"],
  dispatched: ["investigating", "returned"],
  investigating: ["determined", "returned", "closed"],
  determined: ["closed"],
  returned: ["dispatched", "disputed"],
  disputed: ["dispatched"],
  closed: [],
  rejected: [],
};

const person = (id: string | null) => staff.people.find((p) => p.id === id);
const tip = (id: string) => tips.find((t) => t.id === id);
const only = (id: string) => {
  const found = leads.find((l) => l.platform === id);
  if (!found) throw new Error(`no lead ${id}`);
  return found;
};
const each = leads.map((l): [string, DemoLead] => [l.platform, l]);

/** Moves with the agency that held the lead when each was made. */
function held(lead: DemoLead) {
  let holder: string | undefined;
  return lead.moves.map((move) => {
    const before = holder;
    if (move.to === "dispatched") holder = move.agency;
    return { move, holder: before };
  });
}

describe("the demo story", () => {
  it("tells one lead of every platform, and leaves something in every column of the board", () => {
    expect(leads.map((l) => l.platform).sort()).toEqual(platforms.map((p) => p.id).sort());
    expect(new Set(leads.map((l) => l.endsAt))).toEqual(new Set(boardColumns));
  });

  it("explains each of the six closures in a sentence", () => {
    expect(closures.map((c) => c.code)).toEqual([...closureCodes]);
    expect(closures.map((c) => c.label)).toEqual(["属实", "不属实", "不予受理", "移送", "重复", "证据不足"]);
  });

  it.each(each)(
    "%s moves only where the board allows, forward in time, from its first tip on",
    (id, lead) => {
      let at = "new";
      let day = Math.max(...tips.filter((t) => t.platform === id).map((t) => t.daysAgo));
      for (const move of lead.moves) {
        expect(move.from).toBe(at);
        expect(next[move.from]).toContain(move.to);
        expect(move.daysAgo).toBeLessThanOrEqual(day);
        at = move.to;
        day = move.daysAgo;
      }
      expect(lead.endsAt).toBe(at);
    },
  );

  it.each(each)("%s is moved only by people whose role may", (_id, lead) => {
    for (const { move, holder } of held(lead)) {
      const by = person(move.by);
      const official = move.from === "new" || move.from === "triage" || move.from === "returned";
      if (official || move.onBehalfOf) expect(by?.role).toBe("triage_officer");
      else expect(by?.agency).toBe(holder);
      if (move.onBehalfOf) expect(move.onBehalfOf).toBe(holder);
      if (move.to === "determined") expect(by?.role).toBe("agency_verifier");
    }
  });

  it.each(each)(
    "%s: a dispatch names agency and clause, and goes by letter where there are no accounts",
    (_id, lead) => {
      for (const move of lead.moves.filter((m) => m.to === "dispatched")) {
        const to = staff.agencies.find((a) => a.id === move.agency);
        expect(to).toBeDefined();
        expect(move.legalBasis).toContain("金政办发〔2016〕65号 三(二)");
        expect(move.letter !== undefined).toBe(to?.hasAccounts === false);
      }
    },
  );

  it.each(each)(
    "%s: a return names its legal basis and a proposed body; the second goes to 会商",
    (_id, lead) => {
      const returns = lead.moves.filter((m) => m.to === "returned");
      for (const move of returns) expect([move.legalBasis, move.proposedAgency]).not.toContain(undefined);
      expect(returns.length).toBeLessThanOrEqual(2);
      if (returns.length === 2) expect(lead.moves.at(-1)?.to).toBe("disputed");
      expect(lead.dispute !== undefined).toBe(lead.endsAt === "disputed");
    },
  );

  it("a note on a move, which stays in plain, says nothing about how a reporter stands to the subject", () => {
    const notes = leads.flatMap((l) => l.moves.map((m) => m.note));
    expect(notes.filter((note) => /内部人|内部举报|员工|家属|举报人(本人|自称)|亲属/.test(note))).toEqual([]);
  });

  it("a dispute carries the opinion of both agencies, each given by one of its own", () => {
    const opinions = only("yapin").dispute?.opinions ?? [];
    expect(new Set(opinions.map((o) => o.agency)).size).toBe(2);
    for (const o of opinions) expect(person(o.by)?.agency).toBe(o.agency);
  });

  it.each(each)(
    "%s is closed with a code and words for the reporter exactly when it has ended",
    (_id, lead) => {
      const ended = lead.endsAt === "closed" || lead.endsAt === "rejected";
      expect(lead.closure !== undefined).toBe(ended);
      if (!lead.closure) return;
      expect(lead.closure.daysAgo).toBe(lead.moves.at(-1)?.daysAgo);
      expect(lead.closure.by).toBe(lead.moves.at(-1)?.by);
      expect(lead.closure.code === "not_accepted").toBe(lead.endsAt === "rejected");
      expect(lead.closure.code === "transferred" ? lead.transfer?.to : "police").toBe("police");
    },
  );

  it.each(each)("%s: messages concern its own tips, come after them, and staff sign theirs", (id, lead) => {
    for (const message of lead.messages ?? []) {
      expect(tip(message.tip)?.platform).toBe(id);
      expect(message.daysAgo).toBeLessThanOrEqual(tip(message.tip)?.daysAgo ?? 0);
      expect(person(message.by) !== undefined).toBe(message.from === "staff");
    }
    for (const closed of lead.tipClosures ?? []) expect(tip(closed.tip)?.platform).toBe(id);
  });

  it("one lead waits for its reporter while the clock stands still", () => {
    const waiting = leads.filter((l) => l.messages?.at(-1)?.waiting);
    expect(waiting.map((l) => l.platform)).toEqual(["zhuyan"]);
  });

  it.each(each)("%s: findings are verified by another person of the same agency", (_id, lead) => {
    const found = lead.findings;
    expect(found !== undefined).toBe(lead.moves.some((m) => m.to === "determined"));
    if (!found) return;
    expect(person(found.recordedBy)?.role).toBe("agency_officer");
    expect(person(found.verifiedBy)?.role).toBe("agency_verifier");
    expect(person(found.recordedBy)?.agency).toBe(person(found.verifiedBy)?.agency);
    expect(found.finalDaysAgo !== null).toBe(found.final);
    expect(BigInt(found.collectedFen)).toBeLessThanOrEqual(
      BigInt(found.penaltyFen) + BigInt(found.illegalGainsFen),
    );
  });

  it("the lead with twenty tips in seven days escalates on the day of the twentieth", () => {
    const raised = leads.filter((l) => l.escalation);
    expect(raised.map((l) => l.platform)).toEqual(["hewudai"]);
    const day = raised[0]?.escalation?.daysAgo ?? 0;
    const until = (end: number) =>
      tips.filter((t) => t.platform === "hewudai" && t.daysAgo >= end && t.daysAgo < end + 7).length;
    expect(until(day)).toBeGreaterThanOrEqual(20);
    expect(until(day + 1)).toBeLessThan(20);
  });
});

describe("the paid reward", () => {
  const paid = leads.filter((l) => l.reward);
  const { reward, findings } = only("jinlichuang");
  const step = (name: string) => reward?.steps.filter((s) => s.step === name) ?? [];

  it("is one, on a final decision", () => {
    expect(paid.map((l) => l.platform)).toEqual(["jinlichuang"]);
    expect(findings?.final).toBe(true);
    expect(reward?.steps[0]?.daysAgo).toBeLessThanOrEqual(findings?.finalDaysAgo ?? 0);
  });

  it("is 0.05 % of an amount under ¥100,000,000 at grade 1, shared by weight to the last 分", () => {
    const base = BigInt(findings?.illegalAmountFen ?? 0);
    expect(reward?.grade).toBe(1);
    expect(base).toBeLessThan(10_000_000_000n);
    const award = (base * 5n + 5_000n) / 10_000n;
    expect(reward?.awardFen).toBe(String(award));
    const informants = reward?.informants ?? [];
    const weights = informants.reduce((sum, i) => sum + BigInt(i.weight), 0n);
    for (const i of informants) expect(BigInt(i.shareFen)).toBe((award * BigInt(i.weight)) / weights);
    expect(informants.reduce((sum, i) => sum + BigInt(i.shareFen), 0n)).toBe(award);
  });

  it("names every tip of the lead, and leaves out none without a reason", () => {
    const own = tips.filter((t) => t.platform === "jinlichuang").map((t) => t.id);
    expect(reward?.informants.map((i) => i.tip)).toEqual(own);
    for (const i of reward?.informants ?? []) {
      expect(i.excluded === null).toBe(i.weight > 0);
      if (i.weight > 0) expect(tip(i.tip)?.wantsReward).toBe(true);
    }
  });

  it("is prepared, reviewed and approved by three people in those roles, in that order", () => {
    const hands = ["prepare", "review", "approve"].map((name) => person(step(name)[0]?.by ?? null));
    expect(hands.map((p) => p?.role)).toEqual(["finance_preparer", "finance_reviewer", "finance_approver"]);
    const days = reward?.steps.map((s) => s.daysAgo) ?? [];
    expect(days).toEqual([...days].sort((a, b) => b - a));
  });

  it("reaches the anonymous informant by claim code at the window and the named one by bank", () => {
    const how = step("pay").map((s) => [tip(s.tip ?? "")?.mode, s.method, person(s.by)?.role]);
    expect(how).toEqual([
      ["anonymous", "claim_code", "window_clerk"],
      ["named", "bank_transfer", "cashier"],
    ]);
    expect(step("claim").map((s) => [s.tip, s.method])).toEqual(step("pay").map((s) => [s.tip, s.method]));
  });
});
