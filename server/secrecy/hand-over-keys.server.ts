import { sql } from "drizzle-orm";
import { v4 as uuidv4, validate } from "uuid";
import type { Database } from "~db/client.server";
import { sealedKeys } from "~db/schema/sealed";
import { leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { SUITE, fromBase64url, toBase64url } from "./format";
import { amongLeads, missingKeys, type MissingKey } from "./missing-keys.server";
import { readKeysFor } from "./read-sealed.server";
import type { HandedOver, KeyToHandOver } from "./hand-over";

/** How many data keys one request hands over at most. */
export const HANDOVER_BATCH = 200;

/**
 * What triage has dispatched but the agency cannot open yet: tips of leads whose leading bodies have a live key that
 * the content's data key was not sealed to. A batch at a time, oldest first, without the first `skip` (those found not
 * to open here); `waiting` counts all of them. That somebody took them is itself an event. 404 for anyone but triage.
 */
export async function listKeysToHandOver(
  db: Database,
  input: { readonly leadIds: readonly string[] | null; readonly skip?: number; readonly at: Date },
  actor: StaffActor,
): Promise<{ keys: KeyToHandOver[]; waiting: number; unheld: number }> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  return withActor(db, actor, async (tx) => {
    const where = input.leadIds === null ? sql`true` : amongLeads(input.leadIds);
    const counted = await tx.execute<{ waiting: string }>(
      sql`select count(*)::text as waiting from (${missingKeys(where)}) m`,
    );
    const { rows } = await tx.execute<MissingKey>(
      sql`${missingKeys(where)} order by t.arrival_no, r.id limit ${HANDOVER_BATCH} offset ${input.skip ?? 0}`,
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
    if (keys.length > 0) {
      const [only, ...others] = new Set(rows.map((row) => row.lead_id));
      await recordEvent(
        tx,
        {
          action: "keys.handover_viewed",
          ...(only !== undefined && others.length === 0
            ? { subjectTable: "leads", subjectId: only }
            : { subjectTable: "sealed_keys", subjectId: "waiting" }),
          data: { keys: keys.length, tips: new Set(tipIds).size, leads: others.length + 1 },
          at: input.at,
        },
        actor,
      );
    }
    const waiting = Number(counted.rows[0]?.waiting ?? 0);
    return { keys, waiting, unheld: rows.length - keys.length };
  });
}

/**
 * Stores data keys a triage officer's browser sealed for the bodies that hold the leads. Only what is still missing is
 * taken, so a repeated or raced request adds nothing twice and nothing for a body that no longer holds the lead. At most
 * HANDOVER_BATCH of them. 404 for anyone but triage; `too_many_keys` (400).
 */
export async function storeHandedOver(
  db: Database,
  input: { readonly keys: readonly HandedOver[]; readonly at: Date },
  actor: StaffActor,
): Promise<{ stored: number }> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  if (input.keys.length > HANDOVER_BATCH)
    throw new DomainError("too_many_keys", 400, "一次移交的密钥太多，请刷新后重新移交。");
  const asked = new Map(
    input.keys
      .filter(({ tipId, roleKeyId }) => validate(tipId) && validate(roleKeyId))
      .map((key) => [`${key.tipId} ${key.roleKeyId}`, key]),
  );
  if (asked.size === 0) return { stored: 0 };
  return withActor(db, actor, async (tx) => {
    const tipIds = [...asked.values()].map(({ tipId }) => tipId);
    // The leads are held still meanwhile: a body whose holding ends at this moment gets no key any more.
    const { rows } = await tx.execute<MissingKey>(
      sql`${missingKeys(sql`t.id in ${tipIds}`)} order by ${leads.id} for share of "leads"`,
    );
    const taken = rows.flatMap((row) => {
      const key = asked.get(`${row.tip_id} ${row.role_key_id}`);
      return key === undefined ? [] : [{ ...key, leadId: row.lead_id }];
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
      const tipsOfLead = new Set(
        taken.filter((key) => key.leadId === leadId && written.has(key.tipId)).map(({ tipId }) => tipId),
      );
      if (tipsOfLead.size === 0) continue;
      await recordEvent(
        tx,
        {
          action: "keys.handed_over",
          subjectTable: "leads",
          subjectId: leadId,
          data: { tips: tipsOfLead.size },
          at: input.at,
        },
        actor,
      );
    }
    return { stored: stored.length };
  });
}
