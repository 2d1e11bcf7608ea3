import { z } from "zod";
import { doubtfulCard } from "./bank-card";
import { BANK_NAME_MOST, hasControl, looksLikeFormula } from "./bank-format";

/** The intents of claiming on /status. */
export const CLAIM_INTENTS = [
  "claim-transfer",
  "claim-transfer-save",
  "claim-window",
  "claim-window-save",
  "claim-code-check",
  "claim-code-bypass",
  "claim-code-shown",
] as const;
export type ClaimIntent = (typeof CLAIM_INTENTS)[number];

/** Pages of claiming that change nothing: what a header button may show again. */
export const CLAIM_VIEWS: readonly string[] = ["claim-transfer", "claim-window", "claim-code-shown"];

export const CLAIMANTS = ["self", "proxy", "heir"] as const;

const clean = (value: unknown) =>
  typeof value === "string" ? value.normalize("NFKC").replace(/\s+/g, " ").trim() : "";

/** A text that stands in every kind of bank file: nothing is accepted here that stops a whole batch later. */
const standing = (text: string) => !hasControl(text) && !looksLikeFormula(text);

const words = (missing: string, most: number) =>
  z.preprocess(clean, z.string().min(2, missing).max(most, "tooLong").refine(standing, "wordsWrong"));

/**
 * Where a transfer goes. Messages are keys of the catalogue (`claim.errors.*`). Nobody is asked for a bank's code: both
 * kinds of file name the bank in words where there is none.
 */
const transferFields = z.object({
  claimant: z.enum(["self", "heir"], "claimantMissing"),
  holder: words("holderMissing", 60),
  bank: words("bankMissing", 60),
  branch: z.preprocess(
    clean,
    z
      .string()
      .max(80, "tooLong")
      .refine((text) => !hasControl(text), "wordsWrong"),
  ),
  account: z.preprocess(
    (value) => clean(value).replace(/[\s-]/g, ""),
    z
      .string()
      .min(1, "accountMissing")
      .regex(/^\d{8,32}$/, "accountDigits"),
  ),
});

/** A file has one place for the bank and its branch together. */
export const transferSchema = transferFields.refine(
  ({ bank, branch }) => [...nameBank(bank, branch)].length <= BANK_NAME_MOST,
  { path: ["branch"], message: "branchLong" },
);

/** The bank and its branch as a bank file names them. */
export function nameBank(bank: string, branch: string): string {
  return `${bank}${branch}`;
}

export const windowSchema = z.object({ claimant: z.enum(CLAIMANTS, "claimantMissing") });

/** Whether a card number's last digit does not agree with the rest: a reason to look again, never to refuse. */
export function isDoubtful(account: string): boolean {
  return doubtfulCard(account) !== null;
}
