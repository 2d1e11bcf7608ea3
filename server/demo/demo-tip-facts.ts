import { siteHost } from "~/forms/site-address";
import { OTHER_RED_LINE } from "~/forms/report-fields";
import type { Pack } from "~server/packs/grammar";
import type { TipFacts, TipIdentifier } from "~server/intake/tip-facts";
import { amountBandFloorFen, monthBefore, peopleBandFloor, type DemoTip } from "./demo-grammar";

/** A demo tip in the form every channel hands to intake. `today` is a day in China. */
export function demoTipFacts(tip: DemoTip, today: string, pack: Pack): TipFacts {
  const place = (value: string) => (value === "unknown" ? null : value);
  return {
    mode: tip.mode,
    subjectKind: tip.subjectKind,
    subjectName: tip.subjectName === "不清楚" ? "" : tip.subjectName,
    uscc: tip.uscc,
    registeredAt: place(tip.territory.registered),
    operatingAt: place(tip.territory.operating),
    occurredAt: place(tip.territory.occurred),
    sector: tip.sector,
    redLines: tip.redLines.map((text) => redLineId(pack, text)),
    startedOn: monthBefore(today, tip.startedMonthsAgo),
    ongoing: tip.ongoing,
    allegedFen: allegedFen(tip),
    people: people(tip),
    wantsReward: tip.wantsReward,
    concernsOfficial: tip.concernsOfficial ?? false,
    identifiers: identifiers(tip),
    sealed: {
      narrative: tip.narrative,
      details: filledIn({
        relation: tip.relation,
        promisedYield: tip.promisedYield,
        ownLossFen: tip.ownLossFen,
        source: tip.source,
        reportedElsewhere: tip.reportedElsewhere ?? "no",
      }),
      identity: tip.contact === null ? null : JSON.stringify(tip.contact),
      // A demonstration sends nobody anything.
      contact: null,
    },
  };
}

function filledIn(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
}

/** The form stores a red line's id; the story tells its words. What a list does not have is 其他/说不清. */
function redLineId(pack: Pack, text: string): string {
  const items = [...pack.redLines.flatMap((list) => list.items), ...pack.unfairCompetition];
  const plain = (words: string) => words.replace(/["“”]/g, "");
  return items.find((item) => plain(item.text.zh) === plain(text))?.id ?? OTHER_RED_LINE;
}

function allegedFen(tip: DemoTip): bigint | null {
  if (tip.amount === "unknown") return null;
  return "band" in tip.amount ? amountBandFloorFen[tip.amount.band] : BigInt(tip.amount.exactFen);
}

function people(tip: DemoTip): number | null {
  if (tip.people === "unknown") return null;
  return "band" in tip.people ? peopleBandFloor[tip.people.band] : tip.people.exact;
}

function identifiers(tip: DemoTip): TipIdentifier[] {
  const fold = (value: string) => value.toLowerCase().replace(/\s+/g, "");
  return [
    ...tip.sites.map((value) => ({ kind: "site" as const, value, key: siteHost(value) ?? fold(value) })),
    ...tip.apps.map((value) => ({ kind: "app" as const, value, key: fold(value) })),
    ...tip.responsible.map((value) => ({ kind: "person" as const, value, key: fold(value) })),
    ...tip.phonesOrAccounts.map((value) => ({
      kind: "phone" as const,
      value,
      key: value.replace(/[^0-9]/g, ""),
    })),
  ];
}
