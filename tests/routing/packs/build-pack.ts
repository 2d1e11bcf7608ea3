import { checkPack } from "~server/packs/check-pack";
import type { Pack, PackSource } from "~server/packs/grammar";

export const words = (zh: string, en = "English words") => ({ zh, en });

export const body = (id: string, name: string): PackSource["agencies"][number] => ({
  id,
  names: [{ name, en: `The body ${id}`, document: true }],
});

/** One plain row of a pack. */
export const plainRow = (
  pack: string,
  sector: PackSource["rows"][number]["sector"],
  clause: string,
  lead: string[],
  rest: Partial<PackSource["rows"][number]["rules"][number]> = {},
): PackSource["rows"][number] => ({
  sector,
  rules: [{ id: `${pack}.sector.${sector}`, clause, lead, ...rest }],
});

type Parts = Pick<PackSource, "id" | "agencies" | "rows" | "leadingOffice"> & Partial<PackSource>;

/** A small but whole pack: what a test does not speak of is filled in with the plainest choice. */
export function packSource(parts: Parts): PackSource {
  const { id, leadingOffice } = parts;
  return {
    version: "2016.1",
    title: words("测试方案"),
    document: "测试文件",
    asOf: "2016",
    fallback: { id: `${id}.fallback`, clause: "总则", lead: [leadingOffice] },
    crossCuts: { crime: null, petition: null },
    disagreement: null,
    publicity: null,
    supporting: null,
    territory: territorySource(id, null),
    escalation: {
      setting: true,
      thresholds: [
        { kind: "amount", id: `${id}.escalation.amount`, clause: "总则", atLeast: "5000000000" },
        { kind: "people", id: `${id}.escalation.people`, clause: "总则", atLeast: 150 },
        { kind: "tips", id: `${id}.escalation.tips`, clause: "总则", atLeast: 20, windowDays: 7 },
      ],
    },
    sectors: [{ id: "unknown", title: words("不确定"), help: words("说不清也没关系") }],
    unfairCompetition: [{ id: "unfair.returns", text: words("显失合理的超高回报率") }],
    nameScreening: { keywords: ["理财"] },
    localReward: null,
    ...parts,
  };
}

export function territorySource(
  id: string,
  prefix: string | null,
  rest: Partial<PackSource["territory"]> = {},
): PackSource["territory"] {
  return {
    prefix,
    rule: { id: `${id}.territory.registered`, kind: "registered", clause: "属地" },
    outside: { id: `${id}.territory.outside`, clause: "属地" },
    fallback: { id: `${id}.territory.fallback`, clause: "总则" },
    ...rest,
  };
}

export const buildPack = (parts: Parts): Pack => checkPack(packSource(parts));

/** What is its own about a pack of one sector and two agencies, for `packSource`. */
export const smallPack = {
  id: "test",
  leadingOffice: "office",
  agencies: [body("office", "办公室"), body("a", "甲")],
  rows: [plainRow("test", "p2p", "一", ["a"])],
};
