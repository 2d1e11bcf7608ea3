import { and, asc, eq, gt, inArray, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { staffLead } from "~/i18n/zh-CN/staff-lead";
import type { Tx } from "~db/client.server";
import { leadAgencies, leads } from "~db/schema/leads";
import { agencies } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { askSuccessors } from "~server/disputes/ask-successors.server";
import { noteNews } from "~server/notifications/note-news.server";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { successorOn } from "~server/packs/look-up-pack";
import { readPackInForce } from "~server/packs/read-stored-pack.server";
import { settleBodies, type EndedBody } from "~server/packs/settle-bodies.server";
import type { Portal } from "~server/portal.server";
import type { HolderRelation } from "~server/routing/name-holders";
import { proposeRoute } from "~server/routing/propose-route.server";
import { systemActor } from "~server/staff-auth/actor";
import type { LeadRow } from "./lead-scope.server";
import { endHolding } from "./move-lead.server";

const FOLLOWER = systemActor("successors");

/** Leads looked up at a time; each is moved in a transaction of its own. */
const BATCH = 200;

/** The stronger before the weaker, as a decision names them. */
const STRENGTH: readonly HolderRelation[] = ["lead", "co_lead", "also", "cooperating"];

/** Stages in which a body works on a lead: without one that leads it goes back to be routed anew. */
const WITH_A_BODY = ["dispatched", "investigating", "determined"];

/**
 * Moves what bodies that have ceased hold of open leads to their successors, and what they were asked in open disputes;
 * a lead whose leading body has none goes back to 研判. Deadlines run on as they are. Whoever worked on it for the body
 * that ceased does so no more. At most so many leads (`atMost`); says how many were moved. A lead that was moved is not
 * moved again, so that it may be run at any time, by several servers at once.
 */
export async function followSuccessors(
  { db, clock, packs }: Pick<Portal, "db" | "clock" | "packs">,
  atMost = Number.POSITIVE_INFINITY,
): Promise<number> {
  const at = clock.now();
  const home = packs.home();
  const ended = await withActor(db, FOLLOWER, (tx) => settleBodies(tx, home, chinaDay(at)));
  if (ended.length === 0) return 0;
  let moved = 0;
  const ids = ended.map(({ id }) => id);
  for (let after: string | null = null; moved < atMost;) {
    const found: string[] = await withActor(db, FOLLOWER, (tx) => findHeld(tx, ids, after));
    for (const leadId of found) {
      if (moved >= atMost) return moved;
      if (await withActor(db, FOLLOWER, (tx) => followLead(tx, { leadId, ended, home, at }))) moved += 1;
    }
    after = found.at(-1) ?? null;
    if (found.length < BATCH) break;
  }
  await withActor(db, FOLLOWER, (tx) => askSuccessors(tx, ended, at, FOLLOWER));
  return moved;
}

async function findHeld(tx: Tx, bodies: readonly string[], after: string | null): Promise<string[]> {
  const rows = await tx
    .selectDistinct({ id: leadAgencies.leadId })
    .from(leadAgencies)
    .innerJoin(leads, and(eq(leads.id, leadAgencies.leadId), isNull(leads.closedAt)))
    .where(
      and(
        inArray(leadAgencies.agencyId, [...bodies]),
        isNull(leadAgencies.toAt),
        after === null ? undefined : gt(leadAgencies.leadId, after),
      ),
    )
    .orderBy(asc(leadAgencies.leadId))
    .limit(BATCH);
  return rows.map(({ id }) => id);
}

type Hold = {
  readonly id: string;
  readonly agencyId: string;
  readonly relation: HolderRelation;
  /** The body's last day, and who has its duties, as they are now: a version may have taken effect since the look. */
  readonly validTo: string | null;
  readonly successorId: string | null;
};

/** One lead, as it stands once it is locked; false where there was nothing to move. */
async function followLead(
  tx: Tx,
  of: { leadId: string; ended: readonly EndedBody[]; home: LoadedPack; at: Date },
): Promise<boolean> {
  const { leadId, home, at } = of;
  const [lead] = await tx.select().from(leads).where(eq(leads.id, leadId)).for("update");
  if (lead === undefined || lead.closedAt !== null) return false;
  const holds = (await tx
    .select({
      ...{ id: leadAgencies.id, agencyId: leadAgencies.agencyId, relation: leadAgencies.relation },
      ...{ validTo: agencies.validTo, successorId: agencies.successorId },
    })
    .from(leadAgencies)
    .innerJoin(agencies, eq(agencies.id, leadAgencies.agencyId))
    .where(and(eq(leadAgencies.leadId, leadId), isNull(leadAgencies.toAt)))
    .orderBy(asc(leadAgencies.id))) as Hold[];
  const going = holds.flatMap((hold) => {
    const body = of.ended.find(({ id }) => id === hold.agencyId);
    return body === undefined || hold.validTo === null ? [] : [{ hold, body }];
  });
  if (going.length === 0) return false;
  const kept = holds.filter((hold) => !going.some((one) => one.hold === hold));
  for (const { hold, body } of going) {
    const heir = lead.leadingOfficeOnly ? await officeOf(tx, lead, home, at) : hold.successorId;
    await endHold(tx, hold, at);
    if (heir !== null) await takeOver(tx, { lead, heir, relation: hold.relation, kept, at });
    await recordEvent(
      tx,
      {
        action: heir === null ? "lead.body_ended" : "lead.succeeded",
        subjectTable: "leads",
        subjectId: leadId,
        leadId,
        data: {
          ...{ formerBody: body.name, ...(heir === null ? {} : { agency: heir }), legalBasis: body.clause },
          ...{ packId: body.packId, packVersion: body.packVersion },
        },
        at,
      },
      FOLLOWER,
    );
  }
  await tx
    .update(leads)
    .set({ version: sql`${leads.version} + 1` })
    .where(eq(leads.id, leadId));
  const led = going.some(({ hold }) => hold.relation === "lead");
  if (led && WITH_A_BODY.includes(lead.stage) && !kept.some(({ relation }) => relation === "lead"))
    await sendBack(tx, { lead, body: going[0]?.body, home, at });
  await noteNews(tx, { leadId }, chinaDay(at));
  return true;
}

/**
 * Who carries a lead of the leading office alone: the office as the pack in force has it, whoever else took over the
 * old one's other duties. Null where that has ceased as well.
 */
async function officeOf(tx: Tx, lead: LeadRow, home: LoadedPack, at: Date): Promise<string | null> {
  const { pack } = (await readPackInForce(tx, lead.packId, home)) ?? home;
  const office = `${pack.id}.${successorOn(pack, pack.leadingOffice, chinaDay(at))}`;
  const standing = and(eq(agencies.id, office), isNull(agencies.validTo));
  const [row] = await tx.select({ id: agencies.id }).from(agencies).where(standing);
  return row?.id ?? null;
}

async function endHold(tx: Tx, hold: Hold, at: Date): Promise<void> {
  await tx
    .update(leadAgencies)
    .set({ toAt: sql`greatest(${leadAgencies.fromAt}, ${at.toISOString()}::timestamptz)` })
    .where(eq(leadAgencies.id, hold.id));
}

/** The successor holds the lead as the body did, or as it does already where that is more. `kept` is added to. */
async function takeOver(
  tx: Tx,
  of: { lead: LeadRow; heir: string; relation: HolderRelation; kept: Hold[]; at: Date },
): Promise<void> {
  const { lead, heir, relation, kept, at } = of;
  const place = kept.findIndex(({ agencyId }) => agencyId === heir);
  const own = kept[place];
  if (own === undefined) {
    const row = { id: uuidv7(), agencyId: heir, relation };
    await tx.insert(leadAgencies).values({ ...row, leadId: lead.id, fromAt: at });
    kept.push({ ...row, validTo: null, successorId: null });
    return;
  }
  if (STRENGTH.indexOf(relation) >= STRENGTH.indexOf(own.relation)) return;
  await tx.update(leadAgencies).set({ relation }).where(eq(leadAgencies.id, own.id));
  kept[place] = { ...own, relation };
}

/** Nobody leads it any more: back to the leading office, which routes it anew by the pack in force. */
async function sendBack(
  tx: Tx,
  of: { lead: LeadRow; body: EndedBody | undefined; home: LoadedPack; at: Date },
): Promise<void> {
  const { lead, body, home, at } = of;
  await endHolding(tx, lead.id, at);
  await tx.update(leads).set({ stage: "triage" }).where(eq(leads.id, lead.id));
  await recordEvent(
    tx,
    {
      action: "lead.moved",
      subjectTable: "leads",
      subjectId: lead.id,
      leadId: lead.id,
      data: {
        ...{ from: lead.stage, to: "triage", note: staffLead.noSuccessor },
        ...(body === undefined ? {} : { legalBasis: body.clause }),
      },
      at,
    },
    FOLLOWER,
  );
  await proposeRoute(tx, { leadId: lead.id, pack: home, today: chinaDay(at) });
}
