import { createHash } from "node:crypto";
import { canonicalJson } from "~server/canonical-json";

/** What people sign: the award and what it rests on. Amounts in 分, all numbers as strings. */
export type VoucherFacts = {
  readonly award: string;
  readonly amount: string;
  readonly budget: string;
  readonly codeName: string;
  /** SHA-256 (hex) of the canonical `{input, output, record}` of the computation (hashComputation). */
  readonly computation: string;
  readonly consultationRef: string | null;
  readonly currency: string;
  readonly finding: string;
  readonly lead: string;
  readonly pool: string;
  readonly poolAmount: string;
  readonly scheme: { readonly id: string; readonly version: string };
  readonly stage: string;
  readonly tip: string;
  readonly version: string;
};

/** The voucher's canonical bytes (RFC 8785 order, no white space) and their SHA-256. */
export function writeVoucher(facts: VoucherFacts): { body: string; hash: Buffer } {
  const body = canonicalJson({ kind: "reward-voucher/1", ...facts });
  return { body, hash: sha256(body) };
}

/**
 * Binds a computation, its inputs, its every step and the record it was judged by into the vouchers of its shares.
 * `record` is the record's SHA-256; null for a computation from before questions were asked.
 */
export function hashComputation(input: unknown, output: unknown, record: Buffer | null): string {
  const bound = record === null ? {} : { record: record.toString("hex") };
  return sha256(canonicalJson({ input, output, ...bound })).toString("hex");
}

export function sha256(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}
