import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import type { Tx } from "~db/client.server";
import { budgetWarnings } from "~db/schema/ledger-acts";
import { staffMails } from "~db/schema/mail";
import { settings } from "~db/schema/packs";
import { staff, staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Portal } from "~server/portal.server";
import { systemActor } from "~server/staff-auth/actor";

const WARNER = systemActor("budget-warnings");
/** Percent of the appropriation that is promised or spent; the setting `budget.warnings` may say others. */
export const WARNING_PERCENTS: readonly number[] = [80, 90];

const setting = z.array(z.int().min(1).max(100)).min(1).max(5);

/** The thresholds in force, ascending, in percent. */
export async function readWarningPercents(tx: Tx): Promise<readonly number[]> {
  const [row] = await tx
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.key, "budget.warnings"));
  const parsed = setting.safeParse(row?.value);
  return parsed.success ? [...parsed.data].sort((a, b) => a - b) : WARNING_PERCENTS;
}

/**
 * Tells finance, once a threshold and size of the appropriation, that a budget runs dry: a row the budget page shows
 * and one mail a person of the budget's body who approves. Of several thresholds passed at once the highest is told.
 * Returns how many warnings are new.
 */
export async function warnBudgets({ db, clock }: Pick<Portal, "db" | "clock">): Promise<number> {
  return withActor(db, WARNER, async (tx) => {
    const percents = await readWarningPercents(tx);
    const { rows } = await tx.execute<{
      budget_id: string;
      agency_id: string;
      appropriation: string;
      used: string;
    }>(
      sql`select x.budget_id, f.agency_id,
                 sum(s.credit_fen - s.debit_fen) filter (where x.kind = 'appropriation')::text as appropriation,
                 sum(s.debit_fen - s.credit_fen) filter (where x.kind in ('encumbered', 'spent'))::text as used
            from accounts x join account_balances s on s.account_id = x.id join budgets b on b.id = x.budget_id
            join funds f on f.id = b.fund_id left join year_closings y on y.budget_id = b.id
           where x.currency = 'CNY' and y.budget_id is null
           group by x.budget_id, f.agency_id
          having sum(s.credit_fen - s.debit_fen) filter (where x.kind = 'appropriation') > 0`,
    );
    let told = 0;
    for (const row of rows) {
      const appropriationFen = BigInt(row.appropriation);
      const percent = percents.findLast((each) => BigInt(row.used) * 100n >= appropriationFen * BigInt(each));
      if (percent === undefined) continue;
      const warned = await tx
        .insert(budgetWarnings)
        .values({ budgetId: row.budget_id, percent, appropriationFen, warnedAt: clock.now() })
        .onConflictDoNothing()
        .returning({ budgetId: budgetWarnings.budgetId });
      if (warned.length === 0) continue;
      told += 1;
      await queueMails(tx, row, percent, appropriationFen, clock.now());
      await recordEvent(
        tx,
        {
          action: "budget.warned",
          subjectTable: "budgets",
          subjectId: row.budget_id,
          data: { percent },
          at: clock.now(),
        },
        WARNER,
      );
    }
    return told;
  });
}

async function queueMails(
  tx: Tx,
  of: { budget_id: string; agency_id: string },
  percent: number,
  appropriationFen: bigint,
  at: Date,
): Promise<void> {
  const people = await tx
    .selectDistinct({ id: staff.id })
    .from(staff)
    .innerJoin(staffRoles, eq(staffRoles.staffId, staff.id))
    .where(
      and(
        eq(staff.agencyId, of.agency_id),
        eq(staff.status, "active"),
        inArray(staffRoles.role, ["finance_approver"]),
        isNull(staffRoles.revokedAt),
      ),
    );
  if (people.length === 0) return;
  await tx
    .insert(staffMails)
    .values(
      people.map(({ id }) => ({
        id: uuidv7(),
        staffId: id,
        kind: "budget",
        data: { budget: of.budget_id, percent },
        causeKey: `${of.budget_id}:${percent}:${appropriationFen}`,
        createdAt: at,
        nextAt: at,
      })),
    )
    .onConflictDoNothing();
}
