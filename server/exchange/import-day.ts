import type { ImportReason } from "./import-reasons";

const EARLIEST = "2000-01-01";

/** A day as people and spreadsheets write it (2026-11-20, 2026/11/20 9:30, 2026年11月20日, 20261120); null when empty. */
export function readImportDay(
  text: string,
  today: string,
): { value: string | null; fault: ImportReason | null } {
  const plain = text.normalize("NFKC").trim();
  if (plain === "") return { value: null, fault: null };
  const parts =
    /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s].*)?$/.exec(plain) ??
    /^(\d{4})(\d{2})(\d{2})$/.exec(plain);
  const [, year = "", month = "", day = ""] = parts ?? [];
  const value = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const at = new Date(`${value}T00:00:00Z`);
  // A day that is none (February 30th) rolls over.
  if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== value || value < EARLIEST) {
    return { value: null, fault: "dayWrong" };
  }
  return value > today ? { value: null, fault: "dayFuture" } : { value, fault: null };
}
