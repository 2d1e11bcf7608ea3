import { eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { tipIdentifiers, tips } from "~db/schema/intake";
import { leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { DomainError, notFound } from "~server/errors.server";
import { placeTip, placementData } from "~server/intake/place-tip.server";
import { lostFirstComeRace } from "~server/intake/submit-tip.server";
import { trailLead } from "~server/intake/trail-lead";
import type { Portal } from "~server/portal.server";
import { proposeRoute } from "~server/routing/propose-route.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { raiseMajor } from "./raise-major.server";

export type SpamVerdict = "report" | "spam";

export type Judged = {
  readonly tipId: string;
  readonly verdict: SpamVerdict;
  /** Where a report went; null for spam. */
  readonly lead: { readonly id: string; readonly number: number } | null;
};

/**
 * Triage judges a report that was set apart. A real one is placed on its lead and routed like any other, in its own
 * place in the order of arrival, also when it was called spam before; spam stays stored and leaves the queue, and the page of
 * its receipt says that it was not taken as a report. No notice is sent: an address in spam may be anybody's. Throws
 * `not_found` for anyone else, `already_judged` (409) when somebody else was first.
 */
export async function judgeSpam(
  portal: Pick<Portal, "db" | "pack">,
  input: { readonly tipId: string; readonly verdict: SpamVerdict; readonly at: Date },
  actor: StaffActor,
): Promise<Judged> {
  const { tipId, verdict, at } = input;
  return withActor(
    portal.db,
    actor,
    async (tx) => {
      if (!hasRole(actor, "triage_officer") || !/^[0-9a-f-]{36}$/.test(tipId)) throw notFound();
      const [tip] = await tx.select().from(tips).where(eq(tips.id, tipId)).for("update");
      if (tip === undefined) throw notFound();
      const open = verdict === "report" ? tip.spam !== null : tip.spam === "suspected";
      if (!open) throw alreadyJudged();
      if (verdict === "report") {
        return { tipId, verdict, lead: await placeLate(tx, portal, tip, at, actor) };
      }
      await tx.update(tips).set({ spam: "confirmed" }).where(eq(tips.id, tipId));
      await recordEvent(
        tx,
        { action: "tip.spam_confirmed", subjectTable: "tips", subjectId: tipId, at },
        actor,
      );
      return { tipId, verdict, lead: null };
    },
    { alsoRetry: lostFirstComeRace },
  );
}

/** What receiving it would have done: the lead, the route, 重大. Its readers get their keys by the ordinary hand-over. */
async function placeLate(
  tx: Tx,
  { pack }: Pick<Portal, "pack">,
  tip: typeof tips.$inferSelect,
  at: Date,
  actor: StaffActor,
): Promise<{ id: string; number: number }> {
  const today = chinaDay(at);
  const identifiers = await tx
    .select({ kind: tipIdentifiers.kind, value: tipIdentifiers.value, key: tipIdentifiers.key })
    .from(tipIdentifiers)
    .where(eq(tipIdentifiers.tipId, tip.id));
  const placement = await placeTip(tx, { facts: { ...tip, identifiers }, pack, today });
  const { leadId } = placement;
  await tx.update(tips).set({ leadId, spam: null }).where(eq(tips.id, tip.id));
  await recordEvent(
    tx,
    {
      action: "tip.spam_cleared",
      subjectTable: "tips",
      subjectId: tip.id,
      ...trailLead({ ...tip, leadId }),
      data: { channel: tip.channel, ...placementData(placement) },
      at,
    },
    actor,
  );
  if (placement.opened) await proposeRoute(tx, { leadId, pack, today });
  await raiseMajor(tx, { leadId, pack: pack.pack, today, at }, actor);
  const [lead] = await tx.select({ number: leads.number }).from(leads).where(eq(leads.id, leadId));
  return { id: leadId, number: lead?.number ?? 0 };
}

function alreadyJudged(): DomainError {
  return new DomainError("already_judged", 409, "这条举报已经由他人判定，请刷新列表。");
}
