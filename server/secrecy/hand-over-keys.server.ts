import { inArray, sql, type SQL } from "drizzle-orm";
import { v4 as uuidv4, validate } from "uuid";
import type { Database } from "~db/client.server";
import { sealedKeys } from "~db/schema/sealed";
import { leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { SUITE, fromBase64url, toBase64url } from "./format";
import { readKeysFor } from "./read-sealed.server";
import type { HandedOver, KeyToHandOver } from "./hand-over";

/** How many data keys one request hands over at most. */
export const HANDOVER_BATCH = 200;

type Missing = {
  tip_id: string;
  lead_id: string;
  role_key_id: string;
  slot: string;
  epoch: number;
  public_key: Buffer;
};

/**
 * What triage has dispatched but the agency cannot open yet: tips of leads whose leading bodies have a live key that
 * the content's data key was not sealed to. A batch at a time, oldest first; `waiting` counts all of them. Leads kept
 * to the leading office, and tips that concern an official, are never among them. 404 for anyone but triage.
 */
export async function listKeysToHandOver(
  db: Database,
  input: { readonly leadIds: readonly string[] | null },
  actor: StaffActor,
): Promise<{ keys: KeyToHandOver[]; waiting: number }> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  return withActor(db, actor, async (tx) => {
    const where = input.leadIds === null ? sql`true` : leadIn(input.leadIds);
    const counted = await tx.execute<{ waiting: string }>(
      sql`select count(*)::text as waiting from (${missing(where)}) m`,
    );
    const { rows } = await tx.execute<Missing>(
      sql`${missing(where)} order by t.arrival_no, r.id limit ${HANDOVER_BATCH}`,
    );
    const tipIds = rows.map((row) => row.tip_id);
    const mine = await readKeysFor(tx, { tipIds, records: ["content"] }, actor);
    const keys = rows.flatMap((row): KeyToHandOver[] => {
      const from = mine.get(`${row.tip_id} content`)?.find(({ slot }) => slot === "triage");
      if (from === undefined) return [];
      const to = {
        roleKeyId: row.role_key_id,
        slot: row.slot,
        epoch: row.epoch,
        publicKey: toBase64url(row.public_key),
      };
      return [{ tipId: row.tip_id, from, to }];
    });
    return { keys, waiting: Number(counted.rows[0]?.waiting ?? 0) };
  });
}

/**
 * Stores data keys a triage officer's browser sealed for the bodies that hold the leads. Only what is still missing is
 * taken, so a repeated or raced request adds nothing twice and nothing for a body that no longer holds the lead.
 */
export async function storeHandedOver(
  db: Database,
  input: { readonly keys: readonly HandedOver[]; readonly at: Date },
  actor: StaffActor,
): Promise<{ stored: number }> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  const asked = input.keys.filter(({ tipId, roleKeyId }) => validate(tipId) && validate(roleKeyId));
  if (asked.length === 0) return { stored: 0 };
  return withActor(db, actor, async (tx) => {
    const wanted = sql`t.id in ${asked.map(({ tipId }) => tipId)}`;
    const { rows } = await tx.execute<Missing>(missing(wanted));
    const still = new Map(rows.map((row) => [`${row.tip_id} ${row.role_key_id}`, row.lead_id]));
    const taken = asked.flatMap((key) => {
      const leadId = still.get(`${key.tipId} ${key.roleKeyId}`);
      return leadId === undefined ? [] : [{ ...key, leadId }];
    });
    if (taken.length === 0) return { stored: 0 };
    const stored = await tx
      .insert(sealedKeys)
      .values(
        taken.map((key) => ({
          id: uuidv4(),
          ownerTable: "tips",
          ownerId: key.tipId,
          record: "content",
          part: "whole",
          roleKeyId: key.roleKeyId,
          suite: SUITE,
          enc: Buffer.from(fromBase64url(key.enc)),
          body: Buffer.from(fromBase64url(key.body)),
        })),
      )
      .onConflictDoNothing()
      .returning({ ownerId: sealedKeys.ownerId });
    const written = new Set(stored.map(({ ownerId }) => ownerId));
    for (const leadId of new Set(taken.map((key) => key.leadId))) {
      const tipsOfLead = taken.filter((key) => key.leadId === leadId && written.has(key.tipId)).length;
      if (tipsOfLead === 0) continue;
      await recordEvent(
        tx,
        {
          action: "keys.handed_over",
          subjectTable: "leads",
          subjectId: leadId,
          data: { tips: tipsOfLead },
          at: input.at,
        },
        actor,
      );
    }
    return { stored: stored.length };
  });
}

function leadIn(leadIds: readonly string[]): SQL {
  const ids = leadIds.filter((id) => validate(id));
  return ids.length === 0 ? sql`false` : inArray(leads.id, ids);
}

/** Tips and the keys of leading bodies their content is not sealed to yet. */
function missing(where: SQL): SQL {
  return sql`
    select t.id as tip_id, ${leads.id} as lead_id, r.id as role_key_id, r.slot, r.epoch, r.public_key
      from tips t
      join ${leads} on ${leads.id} = t.lead_id and not ${leads.leadingOfficeOnly} and ${leads.closedAt} is null
      join lead_agencies h on h.lead_id = ${leads.id} and h.to_at is null and h.relation in ('lead', 'co_lead')
      join role_keys r on r.slot = 'agency:' || h.agency_id and r.retired_at is null
     where ${where} and not t.concerns_official
       and not exists (select 1 from sealed_keys k where k.owner_table = 'tips' and k.owner_id = t.id
                         and k.record = 'content' and k.role_key_id = r.id)`;
}
