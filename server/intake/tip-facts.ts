import { readPhone } from "~/forms/phone";
import { readAnswers, type Answered, type RawAnswers } from "~/forms/report";
import { AMOUNT_BANDS, PEOPLE_BANDS, readLossFen } from "~/forms/report-extent";
import { readSite, storeApp } from "~/forms/site-address";
import { readSpokenCount, readSpokenFen } from "~/forms/spoken-amount";

export type TipIdentifier = {
  kind: "site" | "app" | "person" | "phone" | "account";
  value: string;
  key: string;
};

/** A checked report, split into what stays searchable about the subject and what is sealed. */
export type TipFacts = {
  readonly mode: "anonymous" | "named";
  readonly subjectKind: "organisation" | "person" | "site";
  readonly subjectName: string;
  readonly uscc: string | null;
  readonly registeredAt: string | null;
  readonly operatingAt: string | null;
  readonly occurredAt: string | null;
  readonly sector: string;
  readonly redLines: readonly string[];
  readonly startedOn: string | null;
  readonly ongoing: string;
  readonly allegedFen: bigint | null;
  readonly people: number | null;
  readonly wantsReward: boolean;
  /** The matter may concern an agency or an official: for the leading office alone. */
  readonly concernsOfficial: boolean;
  readonly identifiers: readonly TipIdentifier[];
  readonly sealed: {
    readonly narrative: string;
    /** What else only the investigators need, by the names of the staff catalogue (`lead.detailLabels`). */
    readonly details: Readonly<Record<string, string>>;
    /** JSON: name, document, phone, e-mail of a named reporter. */
    readonly identity: string | null;
    /** The e-mail address to which “there is news” may be sent, or null. */
    readonly contact: string | null;
  };
};

/** null when a step asked of this reporter does not pass its rules. */
export function readTipFacts(raw: RawAnswers): TipFacts | null {
  const mode = readAnswers(raw, "mode");
  const relation = readAnswers(raw, "relation");
  const kind = readAnswers(raw, "kind");
  const subject = readAnswers(raw, "subject");
  const online = readAnswers(raw, "online");
  const inCharge = readAnswers(raw, "in-charge");
  const territory = readAnswers(raw, "territory");
  const sector = readAnswers(raw, "sector");
  const redLines = readAnswers(raw, "red-lines");
  const extent = readExtent(raw);
  const narrative = readAnswers(raw, "narrative");
  const source = readAnswers(raw, "source");
  const notice = readAnswers(raw, "notice");
  const official = readAnswers(raw, "official");
  const reward = readAnswers(raw, "reward");
  if (!mode || !relation || !kind || !subject || !online || !inCharge || !territory || !sector) return null;
  if (!redLines || !extent || !narrative || !source || !notice || !official || !reward) return null;
  const identity = mode.mode === "named" ? readIdentity(raw) : null;
  if (!readAnswers(raw, "declaration") || (mode.mode === "named" && identity === null)) return null;
  const { details, ...plain } = extent;
  return {
    mode: mode.mode,
    subjectKind: kind.subjectKind,
    subjectName: subject.name,
    uscc: subject.uscc,
    registeredAt: territory.registered,
    operatingAt: territory.operating,
    occurredAt: territory.occurred,
    sector: sector.sector,
    redLines: redLines.redLines,
    ...plain,
    wantsReward: reward.wantsReward === "yes",
    concernsOfficial: official.official === "yes",
    identifiers: [...online.sites.map(siteIdentifier), ...online.apps.map(appIdentifier), ...known(inCharge)],
    sealed: {
      narrative: narrative.narrative,
      details: filledIn({
        relation: relation.relation,
        ...details,
        source: source.source,
        reportedElsewhere: source.prior === "yes" ? (source.priorWhere ?? "yes") : "no",
      }),
      identity,
      contact: notice.noticeEmail,
    },
  };
}

type Extent = Pick<TipFacts, "startedOn" | "ongoing" | "allegedFen" | "people"> & {
  readonly details: Readonly<Record<string, string | null>>;
};

function readExtent(raw: RawAnswers): Extent | null {
  const time = readAnswers(raw, "time");
  const amounts = readAnswers(raw, "amounts");
  const scale = readAnswers(raw, "scale");
  if (!time || !amounts || !scale) return null;
  return {
    startedOn: time.startedOn,
    ongoing: time.ongoing,
    allegedFen: allegedFen(amounts),
    people: people(scale),
    details: {
      endedOn: time.endedOn,
      ownLossFen: amounts.ownLoss === null ? null : (readLossFen(amounts.ownLoss)?.toString() ?? null),
      promisedYield: scale.promisedYield,
    },
  };
}

function readIdentity(raw: RawAnswers): string | null {
  const identity = readAnswers(raw, "identity");
  const contact = readAnswers(raw, "contact");
  if (identity === null || contact === null) return null;
  const shown = identity.idKind !== "none";
  return JSON.stringify({
    name: identity.contactName,
    idKind: shown ? identity.idKind : null,
    idNumber: shown ? identity.idNumber : null,
    phone: contact.contactPhone,
    email: contact.contactEmail,
  });
}

function filledIn(values: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}

function allegedFen(amounts: Answered<"amounts">): bigint | null {
  if (amounts.amount === "unknown") return null;
  if (amounts.amount === "exact") return readSpokenFen(amounts.amountExact);
  return BigInt(AMOUNT_BANDS[amounts.amount]);
}

function people(scale: Answered<"scale">): number | null {
  if (scale.people === "unknown") return null;
  if (scale.people === "exact") return readSpokenCount(scale.peopleExact);
  return PEOPLE_BANDS[scale.people];
}

const fold = (value: string) => value.toLowerCase().replace(/\s+/g, "");

/** A store's link names the app it offers, not the store. */
function siteIdentifier(value: string): TipIdentifier {
  const site = readSite(value);
  const app = site === null ? null : storeApp(site);
  return app === null
    ? { kind: "site", value, key: site?.host ?? fold(value) }
    : { kind: "app", value, key: app };
}

function appIdentifier(value: string): TipIdentifier {
  return { kind: "app", value, key: fold(value) };
}

function known({ responsible, phonesOrAccounts }: Answered<"in-charge">): TipIdentifier[] {
  return [
    ...responsible.map((value) => ({ kind: "person" as const, value, key: fold(value) })),
    ...phonesOrAccounts.map((value) => ({
      kind: isPhone(value) ? ("phone" as const) : ("account" as const),
      value,
      key: value.replace(/[^0-9a-z@]/gi, "").toLowerCase(),
    })),
  ];
}

/** Short numbers (95588) and numbers with words around them count as phones unless they are as long as an account's. */
function isPhone(value: string): boolean {
  if (readPhone(value) !== null) return true;
  const digits = value.replace(/\D/g, "");
  return !/[a-z@]/i.test(value) && digits.length >= 3 && digits.length <= 13;
}
