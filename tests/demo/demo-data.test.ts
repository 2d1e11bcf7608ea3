import { describe, expect, it } from "vitest";
import { amountBandFloorFen, demoTips, monthBefore, peopleBandFloor } from "~server/demo/demo-grammar";
import type { DemoTip } from "~server/demo/demo-grammar";
import { loadPack } from "~server/packs/load-pack.server";
import { checklistFor } from "~server/packs/look-up-pack";
import { ROLES } from "~server/staff-auth/roles";
import { demoText, readDemo } from "./read-demo";

const { platforms, tips, staff } = readDemo();
const { pack } = loadPack("jinhua");
const count = (keep: (tip: DemoTip) => boolean) => tips.filter(keep).length;

/** Tips of a platform that arrived on the seven days ending with one day. */
function inSevenDays(platform: string, endingDaysAgo: number): number {
  return count((t) => t.platform === platform && t.daysAgo >= endingDaysAgo && t.daysAgo < endingDaysAgo + 7);
}

describe("the demo platforms", () => {
  it("cover every sector of the pack once, under names and codes of their own", () => {
    expect(platforms.map((p) => p.sector).sort()).toEqual(
      [...pack.rows.map(({ sector }) => sector), "unknown"].sort(),
    );
    expect(new Set(platforms.map((p) => p.id)).size).toBe(12);
    expect(new Set(platforms.map((p) => p.uscc)).size).toBe(12);
    const names = platforms.flatMap((p) => [p.name, ...p.aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  it("lie in the pack's counties, outside the province's prefix, or online", () => {
    const counties = "330702 330703 330723 330726 330727 330781 330782 330783 330784".split(" ");
    const allowed = new Set([...counties, "330106", "310115", "online", "unknown"]);
    const places = [...platforms, ...tips].flatMap((it) => Object.values(it.territory));
    expect(places.filter((place) => !allowed.has(place))).toEqual([]);
    for (const county of counties) expect(places).toContain(county);
    for (const elsewhere of ["330106", "310115"]) expect(places).toContain(elsewhere);
  });
});

describe("the demo tips", () => {
  it("name a platform of the demo and are numbered in the order in which they arrived", () => {
    const known = new Set(platforms.map((p) => p.id));
    expect(tips.filter((t) => !known.has(t.platform))).toEqual([]);
    expect(tips.map((t) => t.id)).toEqual(tips.map((_, at) => `t${String(at + 1).padStart(2, "0")}`));
    const days = tips.map((t) => t.daysAgo);
    expect(days).toEqual([...days].sort((a, b) => b - a));
    expect(new Set(tips.map((t) => t.platform))).toEqual(known);
  });

  it("tick only what the form offers for their sector, or that they cannot say", () => {
    const plain = (words: string) => words.replace(/["“”]/g, "");
    const strange = tips.flatMap((tip) => {
      const offered = ["其他/说不清", ...checklistFor(pack, tip.sector).map((item) => plain(item.text.zh))];
      return tip.redLines
        .filter((line) => !offered.includes(plain(line)))
        .map((line) => `${tip.id}: ${line}`);
    });
    expect(strange).toEqual([]);
  });

  it("are written by many hands: no text twice, from a line to pages, mostly anonymous, some in English", () => {
    expect(tips.length).toBeGreaterThanOrEqual(44);
    expect(new Set(tips.map((t) => t.narrative)).size).toBe(tips.length);
    expect(new Set(tips.map((t) => t.narrative.slice(0, 8))).size).toBe(tips.length);
    const lengths = tips.map((t) => t.narrative.length);
    expect(Math.min(...lengths)).toBeLessThanOrEqual(30);
    expect(Math.max(...lengths)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1500);
    expect(count((t) => t.mode === "anonymous")).toBeGreaterThan(tips.length / 2);
    expect(count((t) => t.mode === "named")).toBeGreaterThanOrEqual(5);
    expect(count((t) => t.language === "en")).toBeGreaterThanOrEqual(2);
    expect(count((t) => t.channel === "hotline")).toBe(1);
    expect(new Set(tips.map((t) => t.relation)).size).toBe(5);
    expect(new Set(tips.map((t) => t.subjectKind)).size).toBe(3);
  });

  it("reach twenty on one subject within seven days for one platform and no other", () => {
    const reached = platforms.filter((p) =>
      Array.from({ length: 60 }, (_, at) => at + 1).some((day) => inSevenDays(p.id, day) >= 20),
    );
    expect(reached.map((p) => p.id)).toEqual(["hewudai"]);
    expect(inSevenDays("hewudai", 1)).toBeGreaterThanOrEqual(21);
  });

  it("of every other platform stay under the pack's thresholds of money and people", () => {
    for (const t of tips.filter((it) => it.platform !== "hewudai")) {
      const { amount, people } = t;
      const money =
        amount === "unknown"
          ? 0n
          : "band" in amount
            ? amountBandFloorFen[amount.band]
            : BigInt(amount.exactFen);
      const heads = people === "unknown" ? 0 : "band" in people ? peopleBandFloor[people.band] : people.exact;
      expect(money, t.id).toBeLessThan(5_000_000_000n);
      expect(heads, t.id).toBeLessThan(150);
    }
  });
});

describe("nothing in the demo could be somebody's", () => {
  const all = demoText();

  it("no mobile number but the one printed on every sample form, no identity number, no card number", () => {
    expect((all.match(/(?<!\d)1[3-9]\d{9}(?!\d)/g) ?? []).filter((n) => n !== "13800000000")).toEqual([]);
    expect(all).not.toMatch(/(?<!\d)\d{17}[\dX](?!\d)/i);
    expect(all).not.toMatch(/(?<!\d)[1-9]\d{15,18}(?!\d)/);
    expect((all.match(/0\d{2,3}-\d{4}/g) ?? []).filter((n) => n !== "0579-0000")).toEqual([]);
  });

  it("no host name or mail address outside the reserved names", () => {
    const hosts = all.match(/(?:[a-z0-9-]+\.)+[a-z]{2,}/gi) ?? [];
    expect(hosts.filter((host) => !/\.(example|test)$/i.test(host))).toEqual([]);
  });

  it("a person is marked as invented, and a decision's serial number is all zeros", () => {
    for (const t of tips) if (t.contact) expect(t.contact.name).toMatch(/^(演示·|Demo )/);
    expect(
      (all.match(/〔\d{4}〕\d+号/g) ?? []).filter((n) => !["〔2026〕000号", "〔2016〕65号"].includes(n)),
    ).toEqual([]);
  });
});

describe("the demo staff", () => {
  const of = (role: string) => staff.people.filter((p) => p.role === role);

  it("fill every role, under ids and names of their own", () => {
    expect(new Set(staff.people.map((p) => p.role))).toEqual(new Set(ROLES));
    expect(new Set(staff.people.map((p) => p.id)).size).toBe(staff.people.length);
    expect(new Set(staff.people.map((p) => p.name)).size).toBe(staff.people.length);
  });

  it("give five agencies both an officer and another person to verify", () => {
    for (const agency of [
      "market-regulation",
      "financial-office",
      "banking-regulation",
      "construction",
      "central-bank",
    ])
      for (const role of ["agency_officer", "agency_verifier"])
        expect(
          of(role).filter((p) => p.agency === agency),
          `${agency} ${role}`,
        ).toHaveLength(1);
  });

  it("hold two approvers, two administrators, and the two vault shares in different agencies", () => {
    expect(of("finance_approver")).toHaveLength(2);
    expect(of("administrator")).toHaveLength(2);
    expect(of("identity_custodian").map((p) => p.vault)).toEqual(["A", "B"]);
    expect(new Set(of("identity_custodian").map((p) => p.agency)).size).toBe(2);
    expect(staff.people.filter((p) => p.vault && p.role !== "identity_custodian")).toEqual([]);
  });

  it("belong to agencies that have accounts", () => {
    const open = new Set(staff.agencies.filter((a) => a.hasAccounts).map((a) => a.id));
    expect(staff.people.filter((p) => !open.has(p.agency))).toEqual([]);
    expect(staff.agencies).toHaveLength(12);
  });
});

describe("the grammar refuses", () => {
  const sound = tips.find((t) => t.mode === "anonymous" && t.sector === "p2p" && !t.wantsReward);
  const refusal = (change: object) =>
    demoTips.safeParse({ tips: [{ ...sound, ...change }] }).error?.issues[0]?.path;

  it("nothing about a sound tip", () => expect(refusal({})).toBeUndefined());

  it.each<[string, object, string]>([
    ["a site that could be registered", { sites: ["www.hewudai.com"] }, "sites"],
    ["a credit code with a wrong check character", { uscc: "X0000000XXXXXX0010" }, "uscc"],
    ["a credit code an authority could have issued", { uscc: "91350100M000100Y43" }, "uscc"],
    ["a telephone number that could ring", { phonesOrAccounts: ["0579-8200-0101"] }, "phonesOrAccounts"],
    [
      "contact data on an anonymous tip",
      { contact: { name: "演示·某某", phone: null, email: null } },
      "contact",
    ],
    ["a named tip without contact data", { mode: "named" }, "contact"],
    ["a reward wish without a declaration", { wantsReward: true }, "conflictDeclared"],
    ["a start after the arrival", { daysAgo: 60, startedMonthsAgo: 2 }, "startedMonthsAgo"],
    ["a narrative under 20 characters", { narrative: "太短" }, "narrative"],
    ["money that is not whole 分", { ownLossFen: "12.5" }, "ownLossFen"],
    ["a key it does not know", { ip: "127.0.0.1" }, ""],
  ])("%s", (_why, change, where) => {
    const path = refusal(change);
    expect(path).toBeDefined();
    expect(path?.[2] ?? "").toBe(where);
  });

  it("a subject nobody could find", () => {
    const empty = { sites: [], apps: [], responsible: [], phonesOrAccounts: [], uscc: null };
    expect(refusal({ ...empty, subjectName: "不清楚" })?.[2]).toBe("subjectName");
  });
});

describe("monthBefore", () => {
  it("counts back over the turn of the year", () => {
    expect(monthBefore("2026-11-22", 1)).toBe("2026-10");
    expect(monthBefore("2026-11-22", 11)).toBe("2025-12");
    expect(monthBefore("2026-01-01", 13)).toBe("2024-12");
  });
});
