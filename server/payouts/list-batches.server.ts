import { and, asc, count, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { funds } from "~db/schema/ledger";
import { payoutBatches, payoutLines } from "~db/schema/payout-batches";
import { awards } from "~db/schema/rewards";
import { staff, staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { requireMoneyReader } from "~server/ledger/require-finance-role.server";
import { hasRole, type Actor } from "~server/staff-auth/actor";
import { MAX_BATCH_LINES } from "./freeze-batch.server";
import { batchNumber } from "./lock-batch.server";

export const BATCHES_A_PAGE = 25;
export const BATCH_STATES = ["frozen", "released", "sent", "cancelled"] as const;
export type BatchState = (typeof BATCH_STATES)[number];

export type ListedBatch = {
  readonly id: string;
  readonly number: string;
  readonly status: BatchState;
  readonly lines: number;
  /** Of its lines, those whose outcome at the bank nobody knows. */
  readonly unknown: number;
  readonly totalFen: string;
  readonly source: string;
  readonly preparedAt: Date;
};

/** A batch with lines whose outcome nobody knows, and how many. */
export type OpenBatch = { readonly id: string; readonly number: string; readonly unknown: number };

/**
 * Batches by state, newest first, with how many there are of each, and whatever the state those that have a line whose
 * outcome nobody knows, the oldest first. Throws `not_found` for who may not see money.
 */
export async function listBatches(
  db: Database,
  input: { readonly state: BatchState; readonly page: number },
  actor: Actor,
): Promise<{ rows: ListedBatch[]; counts: Record<BatchState, number>; open: OpenBatch[] }> {
  return withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const rows = await tx
      .select({
        id: payoutBatches.id,
        year: payoutBatches.year,
        no: payoutBatches.no,
        source: funds.source,
        preparedAt: payoutBatches.preparedAt,
        lines: sql<number>`(select count(*)::int from ${payoutLines} where ${payoutLines.batchId} = ${payoutBatches.id})`,
        unknown: sql<number>`(select count(*)::int from ${payoutLines} where ${payoutLines.batchId} = ${payoutBatches.id} and ${payoutLines.state} = 'unknown')`,
        totalFen: sql<string>`coalesce((select sum(${payoutLines.amountFen}) from ${payoutLines} where ${payoutLines.batchId} = ${payoutBatches.id}), 0)::text`,
      })
      .from(payoutBatches)
      .innerJoin(funds, eq(funds.id, payoutBatches.fundId))
      .where(eq(payoutBatches.status, input.state))
      .orderBy(desc(payoutBatches.id))
      .limit(BATCHES_A_PAGE)
      .offset((input.page - 1) * BATCHES_A_PAGE);
    const counted = await tx
      .select({ status: payoutBatches.status, count: count() })
      .from(payoutBatches)
      .groupBy(payoutBatches.status);
    const open = await tx
      .select({ id: payoutBatches.id, year: payoutBatches.year, no: payoutBatches.no, unknown: count() })
      .from(payoutLines)
      .innerJoin(payoutBatches, eq(payoutBatches.id, payoutLines.batchId))
      .where(eq(payoutLines.state, "unknown"))
      .groupBy(payoutBatches.id, payoutBatches.year, payoutBatches.no)
      .orderBy(asc(payoutBatches.id));
    const of = (state: BatchState) => counted.find(({ status }) => status === state)?.count ?? 0;
    return {
      rows: rows.map(({ year, no, ...row }) => ({
        ...row,
        number: batchNumber({ year, no }),
        status: input.state,
      })),
      open: open.map(({ year, no, ...batch }) => ({ ...batch, number: batchNumber({ year, no }) })),
      counts: {
        frozen: of("frozen"),
        released: of("released"),
        sent: of("sent"),
        cancelled: of("cancelled"),
      },
    };
  });
}

export type Candidates = {
  readonly funds: readonly {
    readonly fundId: string;
    readonly source: string;
    readonly awards: readonly {
      readonly id: string;
      readonly codeName: string;
      readonly amountFen: string;
      readonly acceptedOn: string | null;
    }[];
  }[];
  readonly cashiers: readonly { readonly id: string; readonly name: string }[];
};

/** What a preparer may put into a new batch, by fund, and for which cashiers; null for everybody else. */
export async function listCandidates(db: Database, actor: Actor): Promise<Candidates | null> {
  if (!hasRole(actor, "finance_preparer", "finance_reviewer")) return null;
  return withActor(db, actor, async (tx) => {
    const all = await tx
      .select({ fundId: funds.id, source: funds.source })
      .from(funds)
      .orderBy(asc(funds.slug));
    const listed = [];
    for (const fund of all) {
      const found = await readTransferable(tx, fund.fundId);
      if (found.length > 0) listed.push({ ...fund, awards: found });
    }
    const cashiers = await tx
      .selectDistinct({ id: staff.id, name: staff.displayName })
      .from(staff)
      .innerJoin(staffRoles, eq(staffRoles.staffId, staff.id))
      .where(and(eq(staffRoles.role, "cashier"), isNull(staffRoles.revokedAt), eq(staff.status, "active")))
      .orderBy(asc(staff.displayName), asc(staff.id));
    const own = actor.kind === "staff" ? actor.id : "";
    return { funds: listed, cashiers: cashiers.filter(({ id }) => id !== own) };
  });
}

async function readTransferable(tx: Tx, fundId: string) {
  const { rows } = await tx.execute<{ id: string }>(
    sql`select id from transferable_awards(${fundId}, ${MAX_BATCH_LINES}) as id`,
  );
  if (rows.length === 0) return [];
  const found = await tx
    .select({
      id: awards.id,
      codeName: awards.codeName,
      amountFen: awards.amountFen,
      acceptedOn: awards.acceptedOn,
    })
    .from(awards)
    .where(
      inArray(
        awards.id,
        rows.map(({ id }) => id),
      ),
    )
    .orderBy(asc(awards.acceptedOn), asc(awards.id));
  return found.map((row) => ({ ...row, amountFen: row.amountFen.toString() }));
}
