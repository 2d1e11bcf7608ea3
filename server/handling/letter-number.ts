import { staffHandling } from "~/i18n/zh-CN/staff-handling";
import type { LetterKind } from "./handling-kinds";

/** A letter's number as it is quoted, e.g. 金华市金融办 整改〔2026〕3号. */
export function letterNumber(issuer: string, kind: LetterKind, year: number, no: number): string {
  return `${issuer} ${staffHandling.letterWords[kind]}〔${String(year)}〕${String(no)}号`;
}
