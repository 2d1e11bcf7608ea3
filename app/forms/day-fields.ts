import { z } from "zod";
import { cleanText } from "./clean-text";

/** `2026-11-20`, `2026.11.20`, `2026/11/20`, `2026年11月20日` → `2026-11-20`; null when it is no date. */
export function readDay(text: string): string | null {
  const match = /^(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?$/.exec(text);
  if (match === null) return null;
  const day = `${match[1]}-${(match[2] ?? "").padStart(2, "0")}-${(match[3] ?? "").padStart(2, "0")}`;
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day) && day > "1990" ? day : null;
}

/** A day as people write it, as YYYY-MM-DD. */
export const typedDay = z.preprocess(
  (value) => cleanText(value ?? ""),
  z.string().transform((value, ctx) => {
    const day = readDay(value);
    if (day === null) ctx.addIssue({ code: "custom", message: "dateWrong" });
    return day ?? "";
  }),
);

/** The same where it may be left open: null when it is. */
export const optionalDay = z.preprocess(
  (value) => cleanText(value ?? ""),
  z.string().transform((value, ctx) => {
    if (value === "") return null;
    const day = readDay(value);
    if (day === null) ctx.addIssue({ code: "custom", message: "dateWrong" });
    return day;
  }),
);
