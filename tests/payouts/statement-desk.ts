import { endToEndId } from "~/staff-client/bank/payment";
import type { StatementLine } from "~/forms/statement-line";
import type { Database } from "~db/client.server";
import { readBalances } from "~server/ledger/read-balances.server";
import { takeStatement } from "~server/payouts/take-statement.server";
import { CLOCK, TODAY } from "~tests/factories/make-award";
import { linesOf, type PayoutDesk } from "./payout-desk";

export type SeenBankLine = { id: string; fault: string | null; outcome: string };

export function lineOf(
  line: { id: string },
  status: StatementLine["status"],
  amountFen = 4_999_500n,
): StatementLine {
  return { endToEndId: endToEndId(line.id), amountFen: amountFen.toString(), date: TODAY, status };
}

/** What a cashier brings of the bank, and what became of it. `of`: the desk of the test file, once it is there. */
export function statementDesk(of: () => { readonly db: Database; readonly desk: PayoutDesk }) {
  let statements = 0;
  const statementOf = (lines: readonly StatementLine[]) => {
    statements += 1;
    const number = `20260601-${statements}`;
    return { fundId: of().desk.fundId, number, closedOn: TODAY, closingFen: "0", lines: [...lines] };
  };
  const take = (lines: readonly StatementLine[]) =>
    takeStatement(of().db, statementOf(lines), of().desk.cashier.actor, CLOCK);
  return {
    statementOf,
    /** The lines with one of others beside them, which moves nothing: the same line may come in several statements. */
    takeBeside: async (lines: readonly StatementLine[]) => {
      const other = { endToEndId: null, amountFen: String(statements + 1), date: TODAY };
      const { outcomes, ...taken } = await take([...lines, { ...other, status: "pending" }]);
      const { pending: _other, ...own } = outcomes;
      return { ...taken, outcomes: own };
    },
    take,
    states: async (batchId: string) => (await linesOf(of().db, batchId)).map(({ state }) => state),
    bankLine: async (statementId: string, lineNo = 1): Promise<SeenBankLine> => {
      const { rows } = await of().db.pool.query<SeenBankLine>(
        "select id, fault, outcome from bank_lines where statement_id = $1 and line_no = $2",
        [statementId, lineNo],
      );
      const [row] = rows;
      if (row === undefined) throw new Error("no such line");
      return row;
    },
    treasury: async (): Promise<bigint> => {
      const { db, desk } = of();
      const funds = await readBalances(db, desk.approver.actor);
      return funds.find(({ fundId }) => fundId === desk.fundId)?.financial.treasury ?? 0n;
    },
  };
}
