import { eq, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { leads } from "~db/schema/leads";
import { portalPacks } from "~db/schema/pack-versions";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { moveClocks } from "~server/clocks/move-clocks.server";
import { weighDispute } from "~server/disputes/weigh-dispute.server";
import { DomainError } from "~server/errors.server";
import { noteNews } from "~server/notifications/note-news.server";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { readPackInForce } from "~server/packs/read-stored-pack.server";
import { proposeRoute } from "~server/routing/propose-route.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { directionOf, mayHand, type HandDirection } from "./hand-directions";
import { readLeadInScope } from "./lead-scope.server";
import { endHolding, refuseStale } from "./move-lead.server";
import { raiseMajor } from "./raise-major.server";
import type { Stage } from "./stages";

/**
 * Hands a lead to another pack of this portal: every hold of the old pack's bodies ends, the lead goes back to 研判 and
 * is routed anew by the other pack, whose thresholds may call it 重大. Its number, history, sectors and running limits stay. `home` is the portal's pack.
 * What stood still for its dispute runs on.
 * Triage alone. Throws `stale_lead`, `dispute_open` (409), `move_not_allowed` (403), `unknown_pack` (400); 404 out of sight.
 */
export async function handLead(
  db: Database,
  home: LoadedPack,
  input: { leadId: string; version: number; toPackId: string; reason: string; at: Date },
  actor: StaffActor,
): Promise<{ direction: HandDirection }> {
  return withActor(db, actor, async (tx) => {
    const lead = await readLeadInScope(tx, input.leadId, actor, { lock: true });
    refuseStale(lead, input.version);
    if (!hasRole(actor, "triage_officer") || !mayHand(lead.stage)) {
      throw new DomainError("move_not_allowed", 403, "这条线索现在不能上交或下转，请刷新后查看可用的操作。");
    }
    // Its dispute is between bodies of this pack, and the database keeps it there until it is decided.
    if ((await weighDispute(tx, lead.id)).open) {
      throw new DomainError(
        "dispute_open",
        409,
        "这条线索正在会商，不能上交或下转。请先在会商页作出决定，再移交其他方案。",
      );
    }
    const held = await tx.select().from(portalPacks);
    const to = held.find(({ packId }) => packId === input.toPackId);
    const pack = await readPackInForce(tx, input.toPackId, home);
    if (to === undefined || pack === null || to.packId === lead.packId) {
      throw new DomainError("unknown_pack", 400, "请选择本平台的另一套方案。");
    }
    const direction = directionOf(held, lead.packId, to.packId);
    await endHolding(tx, lead.id, input.at);
    await tx
      .update(leads)
      .set({ packId: to.packId, stage: "triage", version: sql`${leads.version} + 1` })
      .where(eq(leads.id, lead.id));
    const moved = { leadId: lead.id, from: lead.stage as Stage, to: "triage", at: input.at } as const;
    await moveClocks(tx, moved, actor);
    await recordEvent(
      tx,
      {
        action: "lead.moved",
        subjectTable: "leads",
        subjectId: lead.id,
        leadId: lead.id,
        data: {
          ...{ from: lead.stage, to: "triage", handed: direction },
          ...{ fromPack: lead.packId, toPack: to.packId, note: input.reason },
        },
        at: input.at,
      },
      actor,
    );
    const today = chinaDay(input.at);
    await proposeRoute(tx, { leadId: lead.id, pack: home, today });
    // Thresholds are each pack's own: what the old one let pass may be 重大 here.
    await raiseMajor(tx, { leadId: lead.id, pack: pack.pack, today, at: input.at }, actor);
    await noteNews(tx, { leadId: lead.id }, today);
    return { direction };
  });
}
