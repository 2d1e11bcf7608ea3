/**
 * What a policy of the ledger's tables alone keeps, with every trigger awake: a statement by somebody who may write the
 * table, in the name of a colleague. Most policies say who writes at all, and tests/staff-auth asks those; here are those
 * that say in whose name.
 */
export type PolicyAttempt = {
  readonly policy: string;
  readonly table: string;
  readonly role: string;
  /** `other`: the colleague's id, as SQL. */
  readonly statement: (other: string) => string;
};

const DOUBLE = "outcome = 'named' and fault = 'double'";

export const POLICY_ATTEMPTS: readonly PolicyAttempt[] = [
  {
    // The history takes a named line that stays named; that it bears the name of whoever acts the policy says alone.
    ...{ policy: "cashier_matches", table: "bank_lines", role: "cashier" },
    statement: (other) => `update bank_lines set handled_by = ${other}, handled_at = now() where ${DOUBLE}`,
  },
  {
    ...{ policy: "own_says", table: "line_decisions", role: "cashier" },
    statement: (other) => `insert into line_decisions (id, bank_line_id, what, reason, said_by, said_at)
      select gen_random_uuid(), id, 'dismissed', '与前一条是同一笔', ${other}, now() from bank_lines where ${DOUBLE} limit 1`,
  },
];
