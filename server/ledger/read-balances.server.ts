import { asc, eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { accountBalances, accounts, budgets, funds } from "~db/schema/ledger";
import { withActor } from "~db/with-actor.server";
import type { Actor } from "~server/staff-auth/actor";
import { groupRows } from "./group-rows";
import { naturalBalance, type AccountKind } from "./ledger-events";
import { requireMoneyReader } from "./require-finance-role.server";

export type FundBalances = {
  readonly fundId: string;
  readonly slug: string;
  readonly source: string;
  readonly agencyId: string;
  readonly currency: string;
  /** 分, each on its account's own side. */
  readonly financial: Readonly<Partial<Record<AccountKind, bigint>>>;
  readonly budgets: readonly {
    readonly budgetId: string;
    readonly fiscalYear: number;
    readonly appropriationFen: bigint;
    readonly availableFen: bigint;
    readonly encumberedFen: bigint;
    readonly spentFen: bigint;
  }[];
};

/** Every fund with its years and balances, newest year first. Throws `not_found` for who may not see money. */
export async function readBalances(db: Database, actor: Actor): Promise<FundBalances[]> {
  return withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const rows = await tx
      .select()
      .from(accounts)
      .innerJoin(accountBalances, eq(accountBalances.accountId, accounts.id))
      .innerJoin(funds, eq(funds.id, accounts.fundId))
      .leftJoin(budgets, eq(budgets.id, accounts.budgetId))
      .orderBy(asc(funds.slug), asc(accounts.currency));
    const byFund = groupRows(rows, (row) => `${row.funds.id} ${row.accounts.currency}`);
    return [...byFund.values()].flatMap((own) => {
      const [first] = own;
      if (first === undefined) return [];
      const years = groupRows(
        own.filter((row) => row.budgets !== null),
        (row) => row.accounts.budgetId ?? "",
      );
      return {
        fundId: first.funds.id,
        slug: first.funds.slug,
        source: first.funds.source,
        agencyId: first.funds.agencyId,
        currency: first.accounts.currency,
        financial: Object.fromEntries(
          own
            .filter((row) => row.budgets === null)
            .map((row) => [row.accounts.kind, balanceOf(row.accounts.kind, row.account_balances)]),
        ),
        budgets: [...years]
          .map(([budgetId, kinds]) => ({
            budgetId,
            fiscalYear: kinds[0]?.budgets?.fiscalYear ?? 0,
            appropriationFen: sumOf(kinds, "appropriation"),
            availableFen: sumOf(kinds, "available"),
            encumberedFen: sumOf(kinds, "encumbered"),
            spentFen: sumOf(kinds, "spent"),
          }))
          .sort((a, b) => b.fiscalYear - a.fiscalYear),
      };
    });
  });
}

type Sums = { debitFen: bigint; creditFen: bigint };

function balanceOf(kind: string, sums: Sums): bigint {
  return naturalBalance(kind, sums.debitFen, sums.creditFen);
}

function sumOf(
  rows: readonly { accounts: { kind: string }; account_balances: Sums }[],
  kind: string,
): bigint {
  const row = rows.find((each) => each.accounts.kind === kind);
  return row === undefined ? 0n : balanceOf(kind, row.account_balances);
}
