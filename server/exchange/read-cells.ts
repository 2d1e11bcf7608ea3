import { STEP_SCHEMAS, stepsFor, type AnswerStep, type RawAnswers } from "~/forms/report";
import { STEP_FIELDS, type Values } from "~/forms/report-fields";
import { catalogueZh } from "~/i18n/zh-CN/catalogue";
import { checkStep } from "~server/intake/check-step.server";
import { readTipFacts, type TipFacts } from "~server/intake/tip-facts";
import type { Pack } from "~server/packs/grammar";
import { readChannel, type DeskChannel } from "./channel-names";
import { cleanCell } from "./clean-cell";
import { readImportDay } from "./import-day";
import { IMPORT_COLUMNS, columnTitle } from "./import-columns";
import { IMPORT_REASONS, type ImportReason } from "./import-reasons";
import { readChoice } from "./read-choice";
import { readPlace, readRedLines, readSector } from "./read-pack-words";

/** One row of a file, by column (`IMPORT_COLUMNS`); columns that are not there are not in it. */
export type Cells = Readonly<Record<string, string>>;

/** What is wrong with a row: a column, and a sentence that repeats nothing of what the row says. */
export type RowFault = { readonly column: string | null; readonly reason: string };

export type ImportGround = {
  readonly pack: Pack;
  /** YYYY-MM-DD, in China. */
  readonly today: string;
  /** Of rows that name none. */
  readonly channel: DeskChannel | null;
};

export type ReadRow = {
  readonly facts: TipFacts;
  readonly channel: DeskChannel;
  readonly externalId: string;
  /** YYYY-MM-DD; null where it came today. */
  readonly receivedOn: string | null;
};

/** Reads one row by the form's own rules; every fault of it is told, not only the first. */
export function readCells(
  ground: ImportGround,
  given: Cells,
): { ok: true; row: ReadRow } | { ok: false; faults: RowFault[] } {
  const cells = Object.fromEntries(Object.entries(given).map(([name, text]) => [name, cleanCell(text)]));
  const faults: RowFault[] = [];
  const fault = (column: string, reason: ImportReason) =>
    faults.push({ column: columnTitle(column), reason: IMPORT_REASONS[reason] });
  for (const [name, text] of Object.entries(cells)) if (text.includes("\ufffd")) fault(name, "unreadable");
  const externalId = readExternalId(cells.externalId ?? "");
  if (externalId.fault !== null) fault("externalId", externalId.fault);
  const named = cells.channel ?? "";
  const channel = named === "" ? ground.channel : readChannel(named);
  if (channel === null) fault("channel", named === "" ? "noChannel" : "channelWrong");
  const receivedOn = readImportDay(cells.receivedOn ?? "", ground.today);
  if (receivedOn.fault !== null) fault("receivedOn", receivedOn.fault);

  const raw = readAnswers(ground.pack, cells);
  if (raw.mode?.mode === "anonymous" && filled(cells, STEP_FIELDS.contact)) {
    fault("contactName", "anonymousContact");
  }
  for (const step of stepsFor(raw)) {
    if (!isAnswered(step)) continue;
    for (const [field, key] of Object.entries(checkStep(ground, step, raw))) {
      faults.push({ column: columnTitle(field), reason: formReason(key) });
    }
  }
  const facts = faults.length === 0 ? readTipFacts(raw) : null;
  if (faults.length > 0 || channel === null) return { ok: false, faults };
  // Every page passed and yet there is no report: a rule of the form that no page tells.
  if (facts === null) return { ok: false, faults: [{ column: null, reason: IMPORT_REASONS.incomplete }] };
  return { ok: true, row: { facts, channel, externalId: externalId.value, receivedOn: receivedOn.value } };
}

function isAnswered(step: string): step is AnswerStep {
  return Object.hasOwn(STEP_SCHEMAS, step);
}

function filled(cells: Cells, fields: readonly string[]): boolean {
  return fields.some((field) => (cells[field] ?? "") !== "");
}

const reasons: Record<string, string | undefined> = catalogueZh.report.errors;

function formReason(key: string): string {
  return reasons[key] ?? catalogueZh.report.errors.required;
}

/** The cells as the answers of the form, each page's in its place, with what a file leaves out filled in. */
function readAnswers(pack: Pack, cells: Cells): RawAnswers {
  const raw: Record<string, Values> = {};
  for (const { column, step } of IMPORT_COLUMNS) {
    if (step === null) continue;
    (raw[step] ??= {})[column] = readChoice(column, cells[column] ?? "");
  }
  const answers: RawAnswers = raw;
  const page = (step: AnswerStep) => (answers[step] ??= {});
  const text = (step: AnswerStep, field: string) => {
    const value = answers[step]?.[field];
    return typeof value === "string" ? value : "";
  };
  const fill = (step: AnswerStep, field: string, value: string) => {
    if (text(step, field) === "") page(step)[field] = value;
  };
  fill("mode", "mode", filled(cells, STEP_FIELDS.contact) ? "named" : "anonymous");
  fill("subject", "subjectKind", "organisation");
  page("subject").uscc = text("subject", "uscc");
  for (const field of STEP_FIELDS.territory) page("territory")[field] = readPlace(pack, text("territory", field));
  if (STEP_FIELDS.territory.every((field) => text("territory", field) === "")) {
    fill("territory", "operating", "unknown");
  }
  page("sector").sector = readSector(pack, text("sector", "sector"));
  page("red-lines").redLines = readRedLines(pack, text("sector", "sector"), text("red-lines", "redLines"));
  page("amounts").startedOn = yearMonth(text("amounts", "startedOn"));
  fill("amounts", "ongoing", "unknown");
  fill("amounts", "amount", text("amounts", "amountExact") === "" ? "unknown" : "exact");
  fill("amounts", "people", text("amounts", "peopleExact") === "" ? "unknown" : "exact");
  fill("reward", "wantsReward", "no");
  // The form's declaration is a reporter's own act; whoever passes on what another office received makes none.
  page("declaration").truthful = "yes";
  return answers;
}

/** A whole date, as spreadsheets make of a month, cut to its month. */
function yearMonth(text: string): string {
  const day = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*\d{1,2}(?:\D.*)?$/.exec(text);
  return day === null ? text : `${day[1] ?? ""}-${day[2] ?? ""}`;
}

function readExternalId(text: string): { value: string; fault: ImportReason | null } {
  if (text === "") return { value: "", fault: "noExternalId" };
  // What a spreadsheet makes of a long number: its last digits are gone, and two rows may show the same.
  if (/^\d(\.\d+)?e\+?\d+$/i.test(text)) return { value: "", fault: "roundedNumber" };
  return [...text].length > 100 ? { value: "", fault: "externalIdLong" } : { value: text, fault: null };
}
