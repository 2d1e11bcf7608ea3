import { count, desc, eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { tipReference } from "~/forms/tip-reference";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { isChannel, type Channel } from "./channels";

export const RECORDED_A_PAGE = 20;

/** What an operator took down: no more than they knew when they did. Where it went is not theirs to see. */
export type RecordedTip = {
  readonly reference: string;
  readonly arrivedOn: string;
  readonly channel: Channel;
  readonly subjectName: string;
};

/** The reports this person took down, the latest first; nobody else's, by the query and by row-level security. */
export async function listRecorded(
  db: Database,
  input: { readonly page: number },
  actor: StaffActor,
): Promise<{ readonly count: number; readonly tips: readonly RecordedTip[] }> {
  if (!hasRole(actor, "hotline_operator")) throw notFound();
  const own = eq(tips.recordedBy, actor.id);
  return withActor(db, actor, async (tx) => {
    const [{ total } = { total: 0 }] = await tx.select({ total: count() }).from(tips).where(own);
    const rows = await tx
      .select({
        id: tips.id,
        arrivedOn: tips.arrivedOn,
        channel: tips.channel,
        subjectName: tips.subjectName,
      })
      .from(tips)
      .where(own)
      .orderBy(desc(tips.arrivalNo))
      .limit(RECORDED_A_PAGE)
      .offset((Math.max(1, input.page) - 1) * RECORDED_A_PAGE);
    return {
      count: total,
      tips: rows.map(({ id, channel, ...row }) => ({
        ...row,
        reference: tipReference(id),
        channel: isChannel(channel) ? channel : "web",
      })),
    };
  });
}
