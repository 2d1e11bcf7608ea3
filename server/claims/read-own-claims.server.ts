import { and, asc, eq, isNull, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { awardClaims, claimCodes, payeeDetails } from "~db/schema/claims";
import type { awards } from "~db/schema/rewards";
import { payWindows } from "~db/schema/windows";
import type { Scheme } from "~server/rewards/scheme-grammar";
import type { Claimant } from "./choose-way.server";
import { lastDayOf } from "./open-claim.server";

/** What an informant sees of claiming one award. Days are YYYY-MM-DD, amounts 分. */
export type OwnClaim = {
  /** Up to when it may be accepted; null where nothing lapses, or no day is known yet. */
  readonly lastDay: string | null;
  readonly extended: boolean;
  readonly way: "transfer" | "window" | null;
  readonly chosenOn: string | null;
  readonly claimant: Claimant | null;
  /** A transfer was chosen, but the account it went to was shredded once it had been paid: nothing goes before another. */
  readonly accountGone: boolean;
  /** The live code: which one, and its last day. Never the code. */
  readonly code: { readonly number: number; readonly endsOn: string } | null;
  /** Whether a way may be chosen or changed now. */
  readonly open: boolean;
  readonly mayUseCode: boolean;
  readonly byHeir: boolean;
  readonly byProxy: boolean;
  /** The most that is paid in cash; null where the scheme says nothing. */
  readonly cashMostFen: bigint | null;
};

/** A public window, as an informant finds it. */
export type OpenWindow = {
  readonly id: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly address: { readonly zh: string; readonly en: string };
  readonly hours: { readonly zh: string; readonly en: string };
};

/** Reads the claims the acting receipt shows; the answer gives the one of an award, by its scheme's rules. */
export async function readOwnClaims(
  tx: Tx,
): Promise<(award: typeof awards.$inferSelect, rules: Scheme["claim"]) => OwnClaim | null> {
  const claims = await tx.select().from(awardClaims);
  const codes = await tx.select().from(claimCodes).where(eq(claimCodes.status, "live"));
  const accounts = await tx
    .select({ awardId: payeeDetails.awardId })
    .from(payeeDetails)
    .where(isNull(payeeDetails.shreddedOn));
  return (award, rules) => {
    if (!["approved", "accepted", "posted"].includes(award.status)) return null;
    const claim = claims.find(({ awardId }) => awardId === award.id);
    const code = codes.find(({ awardId }) => awardId === award.id);
    return {
      lastDay: claim === undefined ? null : lastDayOf(claim),
      extended: claim !== undefined && claim.extendedTo !== null,
      way: (claim?.way ?? null) as OwnClaim["way"],
      chosenOn: claim?.chosenOn ?? null,
      claimant: (claim?.claimant ?? null) as Claimant | null,
      accountGone: claim?.way === "transfer" && accounts.every(({ awardId }) => awardId !== award.id),
      code: code === undefined ? null : { number: code.number, endsOn: code.endsOn },
      open: award.status !== "approved",
      mayUseCode: rules.anonymous === "claimCode",
      byHeir: rules.byHeir,
      byProxy: rules.byProxy,
      // What was told once stays; before the claim is opened the scheme says it.
      cashMostFen:
        claim !== undefined
          ? claim.cashMostFen
          : rules.cashUpTo === undefined
            ? null
            : BigInt(rules.cashUpTo.amount),
    };
  };
}

/** The open windows that can pay an award of the acting receipt, in the order they were set up; few, and public. */
export async function listOpenWindows(tx: Tx, awardId: string): Promise<OpenWindow[]> {
  const rows = await tx
    .select()
    .from(payWindows)
    .where(and(eq(payWindows.status, "open"), eq(payWindows.fundId, sql`acting_reporter_fund(${awardId})`)))
    .orderBy(asc(payWindows.proposedAt), asc(payWindows.id))
    .limit(50);
  return rows.map((row) => ({
    id: row.id,
    name: { zh: row.nameZh, en: row.nameEn },
    address: { zh: row.addressZh, en: row.addressEn },
    hours: { zh: row.hoursZh, en: row.hoursEn },
  }));
}
