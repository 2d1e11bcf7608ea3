import { and, asc, count, desc, eq, isNotNull, isNull } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { awardObjections } from "~db/schema/assessments";
import { leads } from "~db/schema/leads";
import { awards, rewardPools } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { chinaDay, type Clock } from "~server/clock";
import { workingDaysBetween } from "~server/clocks/business-calendar";
import { readCalendar } from "~server/clocks/read-calendar.server";
import { requireMoneyReader } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import type { ObjectionGround } from "./objection-rules";

export const OBJECTIONS_A_PAGE = 25;

export type ObjectionRow = {
  readonly id: string;
  readonly awardId: string;
  readonly codeName: string;
  readonly amountFen: bigint;
  readonly leadId: string;
  readonly leadNumber: number | null;
  readonly ground: ObjectionGround;
  readonly statedOn: string;
  readonly dueOn: string;
  /** Working days until it is due; negative once it is late. Of open ones alone. */
  readonly daysLeft: number | null;
  readonly outcome: string | null;
  readonly answer: string | null;
  /** Whether the viewer computed the award, and so does not answer. */
  readonly own: boolean;
};

/** Objections a page at a time: open ones with the earliest due first, answered ones with the latest first. */
export async function listObjections(
  db: Database,
  input: { readonly open: boolean; readonly page: number },
  actor: Actor,
  clock: Clock,
): Promise<{ rows: ObjectionRow[]; total: number }> {
  return withActor(db, actor, async (tx) => {
    const person = await requireMoneyReader(tx, actor);
    const which = input.open ? isNull(awardObjections.outcome) : isNotNull(awardObjections.outcome);
    const [{ total } = { total: 0 }] = await tx.select({ total: count() }).from(awardObjections).where(which);
    const rows = await tx
      .select({ objection: awardObjections, award: awards, by: rewardPools.computedBy, number: leads.number })
      .from(awardObjections)
      .innerJoin(awards, eq(awards.id, awardObjections.awardId))
      .innerJoin(rewardPools, eq(rewardPools.id, awards.poolId))
      .leftJoin(leads, eq(leads.id, awardObjections.leadId))
      .where(which)
      .orderBy(
        ...(input.open
          ? [asc(awardObjections.dueOn), asc(awardObjections.id)]
          : [desc(awardObjections.answeredAt), desc(awardObjections.id)]),
      )
      .limit(OBJECTIONS_A_PAGE)
      .offset((input.page - 1) * OBJECTIONS_A_PAGE);
    const { calendar } = await readCalendar(tx);
    const today = chinaDay(clock.now());
    return {
      total,
      rows: rows.map(({ objection, award, by, number }) => ({
        id: objection.id,
        awardId: award.id,
        codeName: award.codeName,
        amountFen: award.amountFen,
        leadId: award.leadId,
        leadNumber: number,
        ground: objection.ground as ObjectionGround,
        statedOn: objection.statedOn,
        dueOn: objection.dueOn,
        daysLeft: objection.outcome === null ? workingDaysBetween(calendar, today, objection.dueOn) : null,
        outcome: objection.outcome,
        answer: objection.answer,
        own: by === person.id,
      })),
    };
  });
}

/** When the open objection to this award is due; null where none is open. */
export async function findOpenObjection(
  db: Database,
  input: { readonly awardId: string },
  actor: Actor,
): Promise<{ dueOn: string } | null> {
  return withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const [open] = await tx
      .select({ dueOn: awardObjections.dueOn })
      .from(awardObjections)
      .where(and(eq(awardObjections.awardId, input.awardId), isNull(awardObjections.outcome)));
    return open ?? null;
  });
}
