import { canonicalJson } from "~server/canonical-json";
import { sha256 } from "./write-voucher.server";
import type { JudgedAnswer } from "./judge-answers";

/** What one computation was judged by. The reasons are staff's words about facts; no name stands in them. */
export type RecordFacts = {
  readonly answers: readonly JudgedAnswer[];
  /** Who is listed, in the order of the register of arrivals. */
  readonly order: readonly { readonly tip: string; readonly arrivalNo: string }[];
  readonly passedOver: { readonly count: number; readonly reason: string } | null;
  /** The computation it takes the place of, and why. */
  readonly again: { readonly replaces: string; readonly why: string } | null;
};

export type AssessmentRecord = { readonly facts: RecordFacts; readonly body: string; readonly hash: Buffer };

/** The record's canonical bytes and their SHA-256, which the vouchers of its computation carry. */
export function writeRecord(facts: RecordFacts): AssessmentRecord {
  const body = canonicalJson({ kind: "assessment-record/1", ...facts });
  return { facts, body, hash: sha256(body) };
}
