import { and, count, eq } from "drizzle-orm";
import { v4 as uuidv4 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { awardClaims, claimCodes } from "~db/schema/claims";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { addDays, chinaDay, type Clock } from "~server/clock";
import { databaseFault, notFound } from "~server/errors.server";
import type { PayeeDetails } from "~server/secrecy/payee-format";
import { readPayeeKeys, sealPayee, storeSealedPayee } from "~server/secrecy/seal-payee.server";
import type { ReporterActor } from "~server/staff-auth/actor";
import { createClaimCode, hashClaimCode } from "./claim-code.server";
import { openClaim, readClaimRules, type Claim } from "./open-claim.server";
import { listOpenWindows } from "./read-own-claims.server";
import { claimRefusal } from "./refusals.server";
import { shredPayee } from "./shred-payee.server";

/** Who comes for an award: the informant, somebody they send with the code, who inherits it. */
export type Claimant = "self" | "proxy" | "heir";

/** How long a code is good, in days. Proof of the receipt makes a new one at any time. */
export const CODE_DAYS = 180;
/** How many codes one award may have: enough for a bad memory, too few to fill a table. */
const MOST_CODES = 20;

type Ask = { readonly tipId: string; readonly awardId: string; readonly claimant: Claimant };

/**
 * The informant has the award sent to a bank account. What they gave is sealed before the transaction begins, the
 * record before it is shredded, a claim code ends; papers seen for what was there before are void (void_papers). Throws `not_found`, `claim_closed`, `claim_on_line`,
 * `claimant_not_here`, `payee_keys_missing`. Only the day is kept.
 */
export async function chooseTransfer(
  db: Database,
  input: Ask & { readonly details: PayeeDetails },
  reporter: ReporterActor,
  clock: Clock,
): Promise<void> {
  const keys = await withActor(db, reporter, readPayeeKeys);
  const sealed = await sealPayee(input.awardId, input.details, keys);
  const today = chinaDay(clock.now());
  const done = withActor(db, reporter, async (tx) => {
    const claim = await lockClaim(tx, input, today);
    await checkClaimant(tx, claim.poolId, input.claimant);
    // Whoever is sent takes the code to a window; an account is the informant's own, or an heir's.
    if (input.claimant === "proxy") throw claimRefusal("claimant_not_here");
    await endCode(tx, input.awardId, today);
    await setWay(tx, claim, { way: "transfer", claimant: input.claimant, today });
    await shredPayee(tx, input.awardId, { on: today, why: "replaced" });
    await storeSealedPayee(tx, sealed, today);
    await tell(tx, "claim.transfer_chosen", input.awardId, clock, reporter);
    if (claim.papersBy !== null) await tell(tx, "claim.papers_voided", input.awardId, clock, reporter);
  });
  await keptStill(done);
}

/**
 * The informant comes to a window, and gets the code for it: this once, for nothing but its hash is kept. Asked again
 * with the receipt, the code before ends and another is made, which is counted and told in the trail. Throws `not_found`,
 * `claim_closed`, `claim_on_line`, `no_code_here`, `cash_limit`, `no_window`, `claimant_not_here`, `too_many_codes`.
 */
export async function chooseWindow(
  db: Database,
  input: Ask,
  reporter: ReporterActor,
  clock: Clock,
): Promise<{ readonly code: string; readonly endsOn: string; readonly number: number }> {
  const code = createClaimCode();
  const today = chinaDay(clock.now());
  const done = withActor(db, reporter, async (tx) => {
    const claim = await lockClaim(tx, input, today);
    const rules = await checkClaimant(tx, claim.poolId, input.claimant);
    if (rules.anonymous !== "claimCode") throw claimRefusal("no_code_here");
    if (claim.cashMostFen !== null && claim.amountFen > claim.cashMostFen) throw claimRefusal("cash_limit");
    const windows = await listOpenWindows(tx, input.awardId);
    if (windows.length === 0) throw claimRefusal("no_window");
    await setWay(tx, claim, { way: "window", claimant: input.claimant, today });
    await shredPayee(tx, input.awardId, { on: today, why: "ended" });
    await endCode(tx, input.awardId, today);
    const [{ n } = { n: 0 }] = await tx
      .select({ n: count() })
      .from(claimCodes)
      .where(eq(claimCodes.awardId, input.awardId));
    if (n >= MOST_CODES) throw claimRefusal("too_many_codes");
    const endsOn = addDays(today, CODE_DAYS);
    await tx.insert(claimCodes).values({
      id: uuidv4(),
      awardId: input.awardId,
      number: n + 1,
      hash: hashClaimCode(code),
      madeOn: today,
      endsOn,
      status: "live",
    });
    await tell(tx, n === 0 ? "claim.code_made" : "claim.code_reissued", input.awardId, clock, reporter, {
      number: n + 1,
    });
    if (claim.papersBy !== null) await tell(tx, "claim.papers_voided", input.awardId, clock, reporter);
    return { code, endsOn, number: n + 1 };
  });
  return keptStill(done);
}

/** What the database keeps still (a payment under way, a hold, an objection) is refused in one sentence. */
async function keptStill<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code, constraint } = databaseFault(error);
    if (constraint === "award_claims_on_line") throw claimRefusal("claim_on_line");
    if (code === "23514") throw claimRefusal("claim_closed");
    throw error;
  }
}

type LockedClaim = Claim & { readonly poolId: string; readonly amountFen: bigint };

/** The award first, then its claim: everybody locks them in this order. */
async function lockClaim(tx: Tx, input: Ask, today: string): Promise<LockedClaim> {
  const [award] = await tx
    .select()
    .from(awards)
    .where(and(eq(awards.id, input.awardId), eq(awards.tipId, input.tipId)))
    .for("update");
  if (award === undefined || ["drafted", "prepared", "reviewed"].includes(award.status)) throw notFound();
  if (award.status !== "accepted" && award.status !== "posted") throw claimRefusal("claim_closed");
  const claim = await openClaim(tx, award, today);
  return { ...claim, poolId: award.poolId, amountFen: award.amountFen };
}

async function checkClaimant(tx: Tx, poolId: string, claimant: Claimant) {
  const rules = await readClaimRules(tx, poolId);
  if ((claimant === "heir" && !rules.byHeir) || (claimant === "proxy" && !rules.byProxy))
    throw claimRefusal("claimant_not_here");
  return rules;
}

async function setWay(
  tx: Tx,
  claim: Claim,
  to: { readonly way: "transfer" | "window"; readonly claimant: Claimant; readonly today: string },
): Promise<void> {
  // Whose papers were seen once stays an heir.
  const seen = claim.papersBy !== null || claim.papersVoidedOn !== null;
  if (seen && to.claimant !== "heir") throw claimRefusal("claim_closed");
  await tx
    .update(awardClaims)
    .set({ way: to.way, claimant: to.claimant, chosenOn: to.today })
    .where(eq(awardClaims.awardId, claim.awardId));
}

async function endCode(tx: Tx, awardId: string, today: string): Promise<void> {
  await tx
    .update(claimCodes)
    .set({ status: "dead", endedOn: today })
    .where(and(eq(claimCodes.awardId, awardId), eq(claimCodes.status, "live")));
}

/** No lead is named: which way an informant is paid is none of the officers' business who read a lead's trail. */
async function tell(
  tx: Tx,
  action: "claim.transfer_chosen" | "claim.code_made" | "claim.code_reissued" | "claim.papers_voided",
  awardId: string,
  clock: Clock,
  reporter: ReporterActor,
  data: { readonly number?: number } = {},
): Promise<void> {
  await recordEvent(
    tx,
    { action, subjectTable: "awards", subjectId: awardId, data, at: clock.now() },
    reporter,
  );
}
