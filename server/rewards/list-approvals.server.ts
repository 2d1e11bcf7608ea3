import { and, asc, count, eq, gte, inArray, isNotNull, isNull, lte } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { approvalDelegations } from "~db/schema/approvals";
import { accountBalances, accounts, budgets, funds } from "~db/schema/ledger";
import { leads } from "~db/schema/leads";
import { awards, rewardPools } from "~db/schema/rewards";
import { staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { chinaDay, type Clock } from "~server/clock";
import { DomainError } from "~server/errors.server";
import type { LockedAward } from "~server/ledger/lock-award.server";
import { refusalSentence } from "~server/ledger/refusals.server";
import { readLiveGrants, requireMoneyReader } from "~server/ledger/require-finance-role.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { capitalAmount } from "./capital-amount";
import { findHold } from "./find-hold.server";
import { judgeApproval, nextApprovals, type ApprovalAction } from "./judge-approval.server";
import { readLadder } from "./read-ladder.server";
import { readOtherScheme } from "./read-other-scheme.server";

/** Which state waits for which role. */
const WAITS: Readonly<Record<string, string>> = {
  finance_preparer: "drafted",
  finance_reviewer: "prepared",
  finance_approver: "reviewed",
};

export type WaitingRow = Awaited<ReturnType<typeof describe>>;

/**
 * What waits for a person's signature, oldest first, 25 a page: their own roles' and those of whom they stand in for.
 * Amount, code name, ladder, budget before and after; never a person. What they may not sign stands there with the
 * reason. Throws `not_found` for who may not see money.
 */
export async function listApprovals(
  db: Database,
  input: { readonly page: number },
  actor: StaffActor,
  clock: Clock,
): Promise<{ rows: WaitingRow[]; total: number; pageSize: number }> {
  const pageSize = 25;
  return withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const now = clock.now();
    const states = await readStates(tx, actor, now);
    if (states.length === 0) return { rows: [], total: 0, pageSize };
    const [all] = await tx.select({ n: count() }).from(awards).where(inArray(awards.status, states));
    const page = await tx
      .select({
        award: awards,
        currency: rewardPools.currency,
        leadNumber: leads.number,
        leadName: leads.name,
      })
      .from(awards)
      .innerJoin(rewardPools, eq(rewardPools.id, awards.poolId))
      .leftJoin(leads, eq(leads.id, awards.leadId))
      .where(inArray(awards.status, states))
      .orderBy(asc(awards.id))
      .limit(pageSize)
      .offset((input.page - 1) * pageSize);
    const rows: WaitingRow[] = [];
    for (const { award, currency, ...lead } of page)
      rows.push(await describe(tx, { ...award, currency }, lead, { actor, now }));
    return { rows, total: all?.n ?? 0, pageSize };
  });
}

async function readStates(tx: Tx, actor: StaffActor, now: Date): Promise<string[]> {
  const own = (await readLiveGrants(tx, actor.id)).map(({ role }) => role as string);
  const today = chinaDay(now);
  const lent = await tx
    .select({ role: staffRoles.role })
    .from(approvalDelegations)
    .innerJoin(staffRoles, eq(staffRoles.id, approvalDelegations.roleGrantId))
    .where(
      and(
        eq(approvalDelegations.deputyId, actor.id),
        isNotNull(approvalDelegations.acceptedAt),
        isNull(approvalDelegations.endedAt),
        lte(approvalDelegations.fromOn, today),
        gte(approvalDelegations.untilOn, today),
        isNull(staffRoles.revokedAt),
      ),
    );
  const roles = new Set([...own, ...lent.map(({ role }) => role)]);
  return Object.entries(WAITS).flatMap(([role, state]) => (roles.has(role) ? [state] : []));
}

async function describe(
  tx: Tx,
  award: LockedAward,
  lead: { leadNumber: number | null; leadName: string | null },
  { actor, now }: { actor: StaffActor; now: Date },
) {
  const action = (await nextApprovals(tx, award)).find((act) => act !== "reject") ?? "approve";
  const budget = await readAvailable(tx, award);
  const why = await whyNot(tx, award, action, { actor, now });
  const short = action === "approve" && why === null && budget.availableFen < award.amountFen;
  const ladder = await readLadder(tx, award.id);
  return {
    id: award.id,
    codeName: award.codeName,
    amountFen: award.amountFen,
    capitalAmount: award.currency === "CNY" ? capitalAmount(award.amountFen) : null,
    status: award.status,
    ...lead,
    action: action,
    held: (await findHold(tx, award.id)) !== null,
    otherScheme: await readOtherScheme(tx, award.poolId),
    ladder: { title: ladder.title.zh, amountFen: ladder.amountFen, consultationRef: ladder.consultationRef },
    budget: { ...budget, afterFen: budget.availableFen - award.amountFen },
    /** Why the person may not sign it; null where they may. */
    why: short ? refusalSentence("insufficient_budget") : why,
  };
}

async function whyNot(
  tx: Tx,
  award: LockedAward,
  action: ApprovalAction,
  { actor, now }: { actor: StaffActor; now: Date },
): Promise<string | null> {
  try {
    await judgeApproval(tx, award, action, actor, now);
    return null;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.publicMessage;
  }
}

async function readAvailable(tx: Tx, award: LockedAward) {
  const [row] = await tx
    .select({ source: funds.source, fiscalYear: budgets.fiscalYear, balance: accountBalances })
    .from(budgets)
    .innerJoin(funds, eq(funds.id, budgets.fundId))
    .innerJoin(
      accounts,
      and(
        eq(accounts.budgetId, budgets.id),
        eq(accounts.kind, "available"),
        eq(accounts.currency, award.currency),
      ),
    )
    .innerJoin(accountBalances, eq(accountBalances.accountId, accounts.id))
    .where(eq(budgets.id, award.budgetId));
  return {
    source: row?.source ?? "",
    fiscalYear: row?.fiscalYear ?? 0,
    availableFen: row === undefined ? 0n : row.balance.debitFen - row.balance.creditFen,
  };
}
