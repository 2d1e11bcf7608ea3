import type { YearList } from "./business-calendar";

/** Every day from `from` to `to`, both included; days are YYYY-MM-DD. */
function days(from: string, to: string): string[] {
  const all: string[] = [];
  for (let at = Date.parse(`${from}T00:00:00Z`); at <= Date.parse(`${to}T00:00:00Z`); at += 86_400_000)
    all.push(new Date(at).toISOString().slice(0, 10));
  return all;
}

/**
 * The State Council's lists of holidays and make-up working days (调休) the portal comes with, each with the number of
 * its notice. An administrator adds the following years, and corrections, as dated rows (`calendar_lists`).
 */
export const SHIPPED_LISTS: readonly YearList[] = [
  {
    year: 2025,
    document: "国办发明电〔2024〕12号",
    off: [
      "2025-01-01",
      ...days("2025-01-28", "2025-02-04"),
      ...days("2025-04-04", "2025-04-06"),
      ...days("2025-05-01", "2025-05-05"),
      ...days("2025-05-31", "2025-06-02"),
      ...days("2025-10-01", "2025-10-08"),
    ],
    work: ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"],
  },
  {
    year: 2026,
    document: "国办发明电〔2025〕7号",
    off: [
      ...days("2026-01-01", "2026-01-03"),
      ...days("2026-02-15", "2026-02-23"),
      ...days("2026-04-04", "2026-04-06"),
      ...days("2026-05-01", "2026-05-05"),
      ...days("2026-06-19", "2026-06-21"),
      ...days("2026-09-25", "2026-09-27"),
      ...days("2026-10-01", "2026-10-07"),
    ],
    work: ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"],
  },
];
