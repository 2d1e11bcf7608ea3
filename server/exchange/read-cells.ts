import { isAnswerStep, stepsFor, type AnswerStep, type RawAnswers } from "~/forms/report";
import { STEP_FIELDS, type Values } from "~/forms/report-fields";
import { catalogueZh } from "~/i18n/zh-CN/catalogue";
import { checkStep } from "~server/intake/check-step.server";
import { readTipFacts, type TipFacts } from "~server/intake/tip-facts";
import type { Pack } from "~server/packs/grammar";
import type { DeskChannel } from "~/forms/desk";
import { readChannel } from "./channel-names";
import { cleanCell } from "./clean-cell";
import { readImportDay } from "./import-day";
import { IMPORT_COLUMNS, columnTitle } from "./import-columns";
import { FORM_REASONS, IMPORT_REASONS, type ImportReason } from "./import-reasons";
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

/** What tells who reports. */
const WHO: readonly string[] = [...STEP_FIELDS.identity, ...STEP_FIELDS.contact].filter(
  (field) => field !== "idKind",
);

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
  if (raw.mode?.mode === "anonymous" && filled(cells, WHO)) {
    fault("contactName", "anonymousContact");
  }
  for (const step of stepsFor(raw)) {
    if (!isAnswerStep(step)) continue;
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

function filled(cells: Cells, fields: readonly string[]): boolean {
  return fields.some((field) => (cells[field] ?? "") !== "");
}

const reasons: Record<string, string | undefined> = { ...catalogueZh.report.errors, ...FORM_REASONS };

function formReason(key: string): string {
  return reasons[key] ?? catalogueZh.report.errors.required;
}

/** What a file that says nothing says, by field: the form has an answer for not knowing wherever it can. */
const DEFAULTS: Record<string, string> = {
  relation: "other",
  subjectKind: "organisation",
  ongoing: "unknown",
  source: "other",
  idKind: "none",
  official: "no",
  wantsReward: "no",
};

const PLACES: readonly string[] = STEP_FIELDS.territory;

/** The cells as the answers of the form, each page's in its place, with what a file leaves out filled in. */
function readAnswers(pack: Pack, cells: Cells): RawAnswers {
  const values: Values = {};
  const text = (field: string) => {
    const value = values[field];
    return typeof value === "string" ? value : "";
  };
  for (const { column, step } of IMPORT_COLUMNS) {
    if (step === null) continue;
    const read = readChoice(column, cells[column] ?? "");
    values[column] = PLACES.includes(column) ? readPlace(pack, read) : read;
  }
  const fill = (field: string, value: string) => {
    if (text(field) === "") values[field] = value;
  };
  fill("mode", filled(cells, WHO) ? "named" : "anonymous");
  if (text("name") === "") values.nameUnknown = "yes";
  if (PLACES.every((field) => text(field) === "")) values.operating = "unknown";
  values.sector = readSector(pack, text("sector"));
  values.redLines = readRedLines(pack, values.sector, text("redLines"));
  for (const field of ["startedOn", "endedOn"]) values[field] = yearMonth(text(field));
  fill("amount", text("amountExact") === "" ? "unknown" : "exact");
  fill("people", text("peopleExact") === "" ? "unknown" : "exact");
  fill("prior", text("priorWhere") === "" ? "no" : "yes");
  fill("idKind", text("idNumber") === "" ? "none" : "id_card");
  for (const [field, value] of Object.entries(DEFAULTS)) fill(field, value);
  // The form's declaration is a reporter's own act; whoever passes on what another office received makes none.
  values.truthful = "yes";
  const pages = (Object.entries(STEP_FIELDS) as [AnswerStep, readonly string[]][]).map(([step, fields]) => [
    step,
    // Frozen, each page is judged once however often it is asked.
    Object.freeze(
      Object.fromEntries(
        fields.flatMap((field) => (values[field] === undefined ? [] : [[field, values[field]]])),
      ),
    ),
  ]);
  return Object.fromEntries(pages) as RawAnswers;
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
