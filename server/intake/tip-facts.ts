import type { z } from "zod";
import {
  AMOUNT_BANDS,
  PEOPLE_BANDS,
  STEP_SCHEMAS,
  siteHost,
  type AnswerStep,
  type RawAnswers,
} from "~/forms/report";
import { parseYuanToFen } from "~/forms/money";

export type TipIdentifier = { kind: "site" | "app" | "person" | "phone"; value: string; key: string };

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
  readonly identifiers: readonly TipIdentifier[];
  readonly sealed: {
    readonly narrative: string;
    /** Promised yield and what else only the investigators need. */
    readonly details: Readonly<Record<string, string>>;
    /** JSON: name, phone, e-mail of a named reporter. */
    readonly identity: string | null;
  };
};

/** null when a step asked of this reporter does not pass its rules. */
export function readTipFacts(raw: RawAnswers): TipFacts | null {
  const mode = parsed(raw, "mode");
  const subject = parsed(raw, "subject");
  const territory = parsed(raw, "territory");
  const sector = parsed(raw, "sector");
  const redLines = parsed(raw, "red-lines");
  const amounts = parsed(raw, "amounts");
  const narrative = parsed(raw, "narrative");
  const reward = parsed(raw, "reward");
  const contact = mode?.mode === "named" ? parsed(raw, "contact") : null;
  if (!mode || !subject || !territory || !sector || !redLines || !amounts || !narrative || !reward)
    return null;
  if (!parsed(raw, "declaration") || (mode.mode === "named" && !contact)) return null;
  return {
    mode: mode.mode,
    subjectKind: subject.subjectKind,
    subjectName: subject.name,
    uscc: subject.uscc,
    registeredAt: territory.registered,
    operatingAt: territory.operating,
    occurredAt: territory.occurred,
    sector: sector.sector,
    redLines: redLines.redLines,
    startedOn: amounts.startedOn || null,
    ongoing: amounts.ongoing,
    allegedFen: allegedFen(amounts),
    people: people(amounts),
    wantsReward: reward.wantsReward === "yes",
    identifiers: identifiers(subject),
    sealed: {
      narrative: narrative.narrative,
      details: amounts.promisedYield === null ? {} : { promisedYield: amounts.promisedYield },
      identity: contact
        ? JSON.stringify({
            name: contact.contactName,
            phone: contact.contactPhone,
            email: contact.contactEmail,
          })
        : null,
    },
  };
}

function parsed<S extends AnswerStep>(raw: RawAnswers, step: S): z.output<(typeof STEP_SCHEMAS)[S]> | null {
  const result = STEP_SCHEMAS[step].safeParse(raw[step] ?? {});
  return result.success ? (result.data as z.output<(typeof STEP_SCHEMAS)[S]>) : null;
}

function allegedFen(amounts: z.output<(typeof STEP_SCHEMAS)["amounts"]>): bigint | null {
  if (amounts.amount === "unknown") return null;
  if (amounts.amount === "exact") return parseYuanToFen(amounts.amountExact ?? "");
  return BigInt(AMOUNT_BANDS[amounts.amount]);
}

function people(amounts: z.output<(typeof STEP_SCHEMAS)["amounts"]>): number | null {
  if (amounts.people === "unknown") return null;
  if (amounts.people === "exact") return Number((amounts.peopleExact ?? "").replace(/[\s,人个]/g, ""));
  return PEOPLE_BANDS[amounts.people];
}

function identifiers(subject: z.output<(typeof STEP_SCHEMAS)["subject"]>): TipIdentifier[] {
  const fold = (value: string) => value.toLowerCase().replace(/\s+/g, "");
  return [
    ...subject.sites.map((value) => ({ kind: "site" as const, value, key: siteHost(value) ?? fold(value) })),
    ...subject.apps.map((value) => ({ kind: "app" as const, value, key: fold(value) })),
    ...subject.responsible.map((value) => ({ kind: "person" as const, value, key: fold(value) })),
    ...subject.phonesOrAccounts.map((value) => ({
      kind: "phone" as const,
      value,
      key: value.replace(/[^0-9a-z@]/gi, "").toLowerCase(),
    })),
  ];
}
