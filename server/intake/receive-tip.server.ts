import { v4 as uuidv4 } from "uuid";
import type { Tx } from "~db/client.server";
import { tipIdentifiers, tips } from "~db/schema/intake";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { straightAgencies } from "~server/routing/straight-agencies";
import { proposeRoute } from "~server/routing/propose-route.server";
import type { SealedField } from "~server/secrecy/format";
import { readIntakeKeys } from "~server/secrecy/read-role-keys.server";
import { sealForAgencies, sealTip, storeSealedTip } from "~server/secrecy/seal-tip.server";
import type { Actor } from "~server/staff-auth/actor";
import { raiseMajor } from "~server/triage/raise-major.server";
import { placeTip } from "./place-tip.server";
import type { TipFacts } from "./tip-facts";

/**
 * The one path in for every channel: sealed, placed on a lead, stored, routed and written to the trail, all in the
 * caller's transaction. Sealed first, while no lead is locked yet. The transaction acts for the portal or a reporter,
 * who may look for the lead it belongs to; `actor` is who the trail names, an operator of the hotline perhaps. Throws
 * `portal_not_open` while an office key is missing.
 */
export async function receiveTip(
  tx: Tx,
  input: {
    lookupId: Buffer;
    facts: TipFacts;
    channel: "web" | "hotline";
    language: "zh-CN" | "en";
    pack: LoadedPack;
    at: Date;
  },
  actor: Actor,
): Promise<{ tipId: string; leadId: string }> {
  const { facts, pack, at } = input;
  const today = chinaDay(at);
  const tipId = uuidv4();
  const sealed = await sealTip(tipId, sealedParts(facts, at), await readIntakeKeys(tx));
  const placement = await placeTip(tx, { facts, pack, today });
  await tx.insert(tips).values({
    id: tipId,
    lookupId: input.lookupId,
    packId: pack.pack.id,
    packVersion: pack.pack.version,
    channel: input.channel,
    language: input.language,
    mode: facts.mode,
    subjectKind: facts.subjectKind,
    subjectName: facts.subjectName,
    uscc: facts.uscc,
    registeredAt: facts.registeredAt,
    operatingAt: facts.operatingAt,
    occurredAt: facts.occurredAt,
    sector: facts.sector,
    redLines: [...facts.redLines],
    startedOn: facts.startedOn,
    ongoing: facts.ongoing,
    allegedFen: facts.allegedFen,
    people: facts.people,
    wantsReward: facts.wantsReward,
    arrivedOn: today,
    leadId: placement.leadId,
  });
  if (facts.identifiers.length > 0) {
    await tx.insert(tipIdentifiers).values(facts.identifiers.map((one) => ({ id: uuidv4(), tipId, ...one })));
  }
  await storeSealedTip(tx, sealed);
  await recordEvent(
    tx,
    {
      action: "tip.received",
      subjectTable: "tips",
      subjectId: tipId,
      leadId: placement.leadId,
      data: {
        channel: input.channel,
        opened: placement.opened,
        ...(placement.conflictingDossiers.length > 0
          ? { conflictingDossiers: placement.conflictingDossiers }
          : {}),
      },
      at,
    },
    actor,
  );
  if (placement.opened) await proposeRoute(tx, { leadId: placement.leadId, pack, today });
  const straightTo = straightAgencies(pack.pack, facts.sector);
  await sealForAgencies(tx, sealed, { leadId: placement.leadId, straightTo });
  await raiseMajor(tx, { leadId: placement.leadId, pack: pack.pack, today, at }, actor);
  return { tipId, leadId: placement.leadId };
}

/** The exact moment is for investigators alone; everywhere else a tip has a day. */
function sealedParts(facts: TipFacts, at: Date): { field: SealedField; text: string }[] {
  const { narrative, details, identity } = facts.sealed;
  return [
    { field: "narrative", text: narrative },
    { field: "details", text: JSON.stringify({ ...details, arrivedAt: at.toISOString() }) },
    ...(identity === null ? [] : [{ field: "identity" as const, text: identity }]),
  ];
}
