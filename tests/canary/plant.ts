import { randomInt } from "node:crypto";
import type { RawAnswers } from "~/forms/report";

/** What a reporter gives that must be found nowhere. `core` is shared by all people of a run and rare. */
export type Kind = "name" | "phone" | "idNumber" | "email" | "narrative" | "yield" | "address" | PayeeKind;
/** What a few give, once they have a reward: where a transfer goes. */
export type PayeeKind = "payee" | "account";

/** The values of one run: invented when it starts, of no living person, and never written to a file of ours. */
export type Planting = {
  readonly people: number;
  /** The part of each kind of value that all people share; a person's number follows it as four digits. */
  readonly cores: Readonly<Record<Kind, string>>;
};

export type Planted = Readonly<Record<Kind, string>>;

/** Four digits are a person's number. */
export const MOST_PEOPLE = 10_000;

export function makePlanting(people: number): Planting {
  if (!Number.isInteger(people) || people < 1 || people > MOST_PEOPLE) {
    throw new RangeError(`from 1 to ${String(MOST_PEOPLE)} people`);
  }
  const digits = (count: number) => Array.from({ length: count }, () => String(randomInt(10))).join("");
  return {
    people,
    cores: {
      name: hanzi(5),
      // No number is this long, and 99 is no province. Shorter digits turn up by chance in a dump of random bytes.
      phone: `199${digits(8)}`,
      idNumber: `99${digits(4)}19000101`,
      email: `zq${letters(12)}`,
      narrative: hanzi(9),
      yield: hanzi(6),
      payee: hanzi(7),
      // No bank's numbers begin so.
      account: `0099${digits(11)}`,
      // The end of an IPv6 address reserved for examples; the network differs, so that nobody seems to flood.
      address: Array.from({ length: 4 }, () => `:${(0x1000 + randomInt(0xefff)).toString(16)}`).join(""),
    },
  };
}

export function valueOf({ cores }: Planting, kind: Kind, person: number): string {
  const number = String(person).padStart(4, "0");
  if (kind === "address") return `2001:db8:${number}:1${cores.address}`;
  return kind === "email" ? `${cores.email}${number}@canary.example` : `${cores[kind]}${number}`;
}

export function plantedIn(planting: Planting, person: number): Planted {
  const of = (kind: Kind) => valueOf(planting, kind, person);
  return {
    name: of("name"),
    phone: of("phone"),
    idNumber: of("idNumber"),
    email: of("email"),
    narrative: of("narrative"),
    yield: of("yield"),
    address: of("address"),
    payee: of("payee"),
    account: of("account"),
  };
}

/** Platforms are plain by design; a few, so that leads gather many tips. */
export function platformOf(person: number): { name: string; site: string } {
  const number = String(person % 8);
  return { name: `鸣禽理财${number}`, site: `canary-platform-${number}.example` };
}

/** A named report, page by page, that says everything a reporter could say where it must be sealed. */
export function answersOf(planting: Planting, person: number): RawAnswers {
  const planted = plantedIn(planting, person);
  const platform = platformOf(person);
  return {
    mode: { mode: "named" },
    relation: { relation: "employee" },
    kind: { subjectKind: "site" },
    online: { sites: platform.site, apps: "" },
    subject: { name: platform.name, uscc: "" },
    "in-charge": { responsible: "", phonesOrAccounts: "" },
    territory: { operating: "330782", registered: "330702", occurred: "" },
    sector: { sector: "p2p" },
    "red-lines": { redLines: ["p2p.cash_pool"] },
    time: { startedOn: "2025-03", ongoing: "yes" },
    amounts: { amount: "from_1m" },
    scale: { people: "from_50", promisedYield: planted.yield },
    narrative: {
      narrative: `${planted.narrative}，我的身份证号是${planted.idNumber}，电话${planted.phone}，请联系${planted.name}或者${planted.email}。`,
    },
    source: { source: "workplace", prior: "yes", priorWhere: `${planted.yield}，${planted.phone}` },
    identity: { contactName: planted.name, idKind: "other", idNumber: planted.idNumber },
    contact: { contactEmail: planted.email },
    notice: { noticeEmail: planted.email },
    official: { official: "no" },
    reward: { wantsReward: "yes", noConflict: "yes" },
    declaration: { truthful: "yes" },
  };
}

function letters(count: number): string {
  return Array.from({ length: count }, () => String.fromCharCode(97 + randomInt(26))).join("");
}

/** Characters of GB 2312's first level, so that every encoding of the search can hold them. */
function hanzi(count: number): string {
  const bytes = Array.from({ length: count }, () => [0xb0 + randomInt(39), 0xa1 + randomInt(94)]).flat();
  return new TextDecoder("gbk").decode(Uint8Array.from(bytes));
}
