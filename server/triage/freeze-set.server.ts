import { and, eq, inArray, sql } from "drizzle-orm";
import { v7 as uuidv7, validate } from "uuid";
import { BULK_LIMIT } from "~/forms/board-acts";
import type { Database, Tx } from "~db/client.server";
import { bulkRows, bulkSets, leadCards } from "~db/schema/board";
import { leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { DomainError, notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { boardReach } from "./board-reach.server";
import { boardOrder, narrowBoard } from "./narrow-board.server";
import type { BoardView } from "./list-board.server";

export type Freeze = {
  /** Cards with the versions the page showed. */
  readonly picks: readonly { readonly id: string; readonly version: number }[];
  /** Instead of picks: the first 500 cards of a view, with their versions of now. */
  readonly allOf?: BoardView;
  /** Adds to a set of one's own that has not been acted on, so that a choice may span pages. */
  readonly setId?: string | null;
  readonly at: Date;
};

/**
 * Freezes a choice of leads with the versions seen: what is done in bulk later touches these rows and no others.
 * Refusals: `nothing_chosen`, `too_many_chosen`, `set_started`.
 */
export async function freezeSet(db: Database, input: Freeze, actor: StaffActor): Promise<{ setId: string }> {
  const reach = boardReach(actor);
  if (reach === null) throw notFound();
  return withActor(db, actor, async (tx) => {
    const setId = await openSet(tx, input, actor);
    const before = await tx
      .select({ leadId: bulkRows.leadId })
      .from(bulkRows)
      .where(eq(bulkRows.setId, setId));
    const known = new Set(before.map(({ leadId }) => leadId));
    const chosen = (await choose(tx, input, reach)).filter(({ id }) => !known.has(id));
    if (chosen.length === 0 && known.size === 0) {
      throw new DomainError("nothing_chosen", 400, "请先勾选要办理的线索。");
    }
    if (chosen.length + known.size > BULK_LIMIT) {
      throw new DomainError("too_many_chosen", 400, `一次最多办理 ${BULK_LIMIT} 条，请分几次选择。`);
    }
    if (chosen.length > 0) {
      await tx.insert(bulkRows).values(
        chosen.map(({ id, version }, at) => ({
          setId,
          leadId: id,
          ordinal: known.size + at + 1,
          version,
        })),
      );
    }
    return { setId };
  });
}

async function openSet(tx: Tx, input: Freeze, actor: StaffActor): Promise<string> {
  if (input.setId) {
    const [set] = validate(input.setId)
      ? await tx.select().from(bulkSets).where(eq(bulkSets.id, input.setId)).for("update")
      : [];
    if (set === undefined) throw notFound();
    if (set.startedAt !== null) throw setStarted();
    return set.id;
  }
  const id = uuidv7();
  await tx.insert(bulkSets).values({ id, staffId: actor.id, madeAt: input.at });
  return id;
}

/** Only leads in the person's sight: others are not there. */
async function choose(tx: Tx, input: Freeze, reach: string): Promise<{ id: string; version: number }[]> {
  if (input.allOf !== undefined) {
    const { filters, sort, stage } = input.allOf;
    return tx
      .select({ id: leads.id, version: leads.version })
      .from(leadCards)
      .innerJoin(leads, eq(leads.id, leadCards.leadId))
      .where(
        and(
          eq(leadCards.reach, reach),
          stage === undefined ? undefined : eq(leadCards.stage, stage),
          ...(await narrowBoard(tx, filters)),
        ),
      )
      .orderBy(...boardOrder(sort ?? "newest"))
      .limit(BULK_LIMIT);
  }
  if (input.picks.length === 0) return [];
  if (input.picks.length > BULK_LIMIT) {
    throw new DomainError("too_many_chosen", 400, `一次最多办理 ${BULK_LIMIT} 条，请分几次选择。`);
  }
  const seen = await tx
    .select({ id: leadCards.leadId })
    .from(leadCards)
    .where(
      and(
        eq(leadCards.reach, reach),
        inArray(
          leadCards.leadId,
          input.picks.map(({ id }) => id),
        ),
      ),
    );
  const visible = new Set(seen.map(({ id }) => id));
  return input.picks.filter(({ id }) => visible.has(id));
}

export function setStarted(): DomainError {
  return new DomainError("set_started", 409, "这批线索已经办理过，请查看下方的结果；需要再办的请重新选择。");
}

/** A set of one's own that is not acted on yet, and how many leads it holds; null for any other. */
export async function findOpenSet(
  db: Database,
  setId: string,
  actor: StaffActor,
): Promise<{ id: string; count: number } | null> {
  if (!validate(setId)) return null;
  return withActor(db, actor, async (tx) => {
    const [set] = await tx
      .select({
        id: bulkSets.id,
        count: sql<number>`(select count(*)::int from bulk_rows r where r.set_id = ${bulkSets.id})`,
      })
      .from(bulkSets)
      .where(and(eq(bulkSets.id, setId), sql`${bulkSets.startedAt} is null`));
    return set ?? null;
  });
}
