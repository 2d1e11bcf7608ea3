import { cleanUscc, isValidUscc } from "~/forms/uscc";
import { cleanCell } from "~server/exchange/clean-cell";
import { LIST_COLUMNS, type ListColumn, type ListFault } from "./list-columns";

/** A registered company as a list has it; null for what the list does not say. */
export type Registered = {
  readonly name: string;
  readonly uscc: string | null;
  readonly address: string | null;
  readonly placeCode: string | null;
  readonly representative: string | null;
  readonly scope: string | null;
  /** YYYY-MM-DD. */
  readonly registeredOn: string | null;
  readonly state: string | null;
};

export type ReadRow = { readonly entryKey: string; readonly facts: Registered };

/** Reads one row; the first fault is told, and repeats nothing of what the row says. */
export function readListRow(
  row: number,
  given: Readonly<Partial<Record<ListColumn, string>>>,
): ReadRow | ListFault {
  const cells: Partial<Record<ListColumn, string>> = {};
  for (const { column, longest } of LIST_COLUMNS) {
    const text = cleanCell(given[column] ?? "");
    if (text.includes("\ufffd")) return { row, column, fault: "unreadable" };
    if ([...text].length > longest) return { row, column, fault: "tooLong" };
    if (text !== "") cells[column] = text;
  }
  const { name } = cells;
  if (name === undefined) return { row, column: "name", fault: "noName" };
  const uscc = cells.uscc === undefined ? null : cleanUscc(cells.uscc);
  if (uscc !== null && !isValidUscc(uscc)) return { row, column: "uscc", fault: "usccWrong" };
  const placeCode = cells.placeCode?.normalize("NFKC") ?? null;
  if (placeCode !== null && !/^[0-9]{6}([0-9]{3}){0,2}$/.test(placeCode))
    return { row, column: "placeCode", fault: "placeWrong" };
  const registeredOn = cells.registeredOn === undefined ? null : readDay(cells.registeredOn);
  if (registeredOn === "") return { row, column: "registeredOn", fault: "dateWrong" };
  return {
    entryKey: uscc === null ? `n:${foldName(name)}|${placeCode ?? ""}` : `u:${uscc}`,
    facts: {
      name,
      uscc,
      address: cells.address ?? null,
      placeCode,
      representative: cells.representative ?? null,
      scope: cells.scope ?? null,
      registeredOn,
      state: cells.state ?? null,
    },
  };
}

/** A name as it is compared and searched. */
export function foldName(name: string): string {
  return name.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
}

/** 2015-03-01, 2015/3/1, 20150301, 2015年3月1日 (a time behind it is passed over) as YYYY-MM-DD; "" for no day. */
function readDay(text: string): string {
  const plain = text.normalize("NFKC").trim();
  const parts =
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?$/.exec(plain) ??
    /^(\d{4})(\d{2})(\d{2})$/.exec(plain);
  if (parts === null) return "";
  const [, year = "", month = "", day = ""] = parts;
  const iso = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const at = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(iso) && year >= "1900" ? iso : "";
}
