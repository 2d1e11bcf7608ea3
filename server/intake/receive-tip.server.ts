import { v4 as uuidv4 } from "uuid";
import type { Tx } from "~db/client.server";
import { tipIdentifiers, tips } from "~db/schema/intake";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import type { FileMeta } from "~server/evidence/file-meta";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { packsOfLeads } from "~server/packs/packs-of-leads.server";
import { readNewest } from "~server/packs/read-stored-pack.server";
import { straightAgencies } from "~server/routing/straight-agencies";
import { proposeRoute } from "~server/routing/propose-route.server";
import { readIntakeKeys } from "~server/secrecy/read-role-keys.server";
import { sealForAgencies, storeSealedTip } from "~server/secrecy/seal-tip.server";
import type { Actor } from "~server/staff-auth/actor";
import { raiseMajor } from "~server/triage/raise-major.server";
import type { Channel } from "./channels";
import { placementData, placeTip } from "./place-tip.server";
import { sealReport, type SealedReport } from "./seal-report.server";
import type { TipFacts } from "./tip-facts";
import { trailLead } from "./trail-lead";

/** A checked report on its way in. */
export type Report = {
  readonly lookupId: Buffer;
  /** The reporter's public key, to which answers are sealed (`replyKeyPair`). */
  readonly replyKey: Uint8Array;
  readonly facts: TipFacts;
  /** Files that go with it, sealed into its content with their keys. */
  readonly files?: readonly FileMeta[];
  readonly channel: Channel;
  /** The member of staff who wrote it down for somebody. */
  readonly recordedBy?: string;
  readonly language: "zh-CN" | "en";
  readonly pack: LoadedPack;
  readonly at: Date;
};

/** Why a report is set apart: its work was not done at all, or too much came from one place. Never what it says. */
export type SpamGround = "no_work" | "flood";

/**
 * The one path in for every channel: sealed, placed on a lead, stored, routed and written to the trail, all in the
 * caller's transaction. Sealed first, while no lead is locked yet. The transaction is intake's (`intakeActor` of the
 * report's lookup id), which may look for the lead it belongs to; `actor` is who the trail names, an operator of the
 * hotline perhaps. Throws `portal_not_open` while an office key is missing.
 */
export async function receiveTip(
  tx: Tx,
  input: Report,
  actor: Actor,
): Promise<{ tipId: string; leadId: string }> {
  const { facts, at } = input;
  const today = chinaDay(at);
  const pack = await readNewest(tx, input.pack);
  const sealed = sealReport(input, await readIntakeKeys(tx));
  const { tipId } = sealed;
  const placement = await placeTip(tx, { facts, pack, today });
  await storeTip(tx, { ...input, pack, sealed, leadId: placement.leadId, spam: null });
  await storeSealedTip(tx, sealed);
  await recordEvent(
    tx,
    {
      action: "tip.received",
      subjectTable: "tips",
      subjectId: tipId,
      // A body that holds the lead reads its history: not even that such a tip came is told there.
      ...trailLead({ ...facts, leadId: placement.leadId }),
      data: { channel: input.channel, ...placementData(placement) },
      at,
      // The minute a call was taken down, beside a telephone company's list of calls, would name the caller.
      dayOnly: true,
    },
    actor,
  );
  if (placement.opened) await proposeRoute(tx, { leadId: placement.leadId, pack, today });
  const [own] = (await packsOfLeads(tx, [placement.leadId], pack)).values();
  const straightTo = straightAgencies((own ?? pack).pack, facts.sector, today);
  if (!facts.concernsOfficial) await sealForAgencies(tx, sealed, { leadId: placement.leadId, straightTo });
  await raiseMajor(tx, { leadId: placement.leadId, pack: pack.pack, today, at, dayOnly: true }, actor);
  return { tipId, leadId: placement.leadId };
}

/**
 * Takes a report that may be spam: sealed and stored like any other, with its place in the order of arrival, but on
 * no lead until triage has judged it (`judgeSpam`). `why` is all that is kept of the suspicion.
 */
export async function setTipApart(
  tx: Tx,
  input: Report & { readonly why: SpamGround },
  actor: Actor,
): Promise<{ tipId: string }> {
  const sealed = sealReport(input, await readIntakeKeys(tx));
  const { tipId } = sealed;
  const pack = await readNewest(tx, input.pack);
  await storeTip(tx, { ...input, pack, sealed, leadId: null, spam: "suspected" });
  await storeSealedTip(tx, sealed);
  await recordEvent(
    tx,
    {
      action: "tip.spam_suspected",
      subjectTable: "tips",
      subjectId: tipId,
      data: { channel: input.channel, why: input.why },
      at: input.at,
    },
    actor,
  );
  return { tipId };
}

type StoredReport = Report & {
  readonly sealed: Pick<SealedReport, "tipId" | "contentPublicKey">;
  readonly leadId: string | null;
  readonly spam: "suspected" | null;
};

async function storeTip(tx: Tx, input: StoredReport): Promise<void> {
  await tx.insert(tips).values(tipRow(input));
  const identifiers = identifierRows(input.sealed.tipId, input.facts);
  if (identifiers.length > 0) await tx.insert(tipIdentifiers).values(identifiers);
}

/** What stays plain of a report, as its row. */
export function tipRow(input: StoredReport): typeof tips.$inferInsert {
  const { facts, pack } = input;
  const { tipId, contentPublicKey } = input.sealed;
  return {
    id: tipId,
    lookupId: input.lookupId,
    packId: pack.pack.id,
    packVersion: pack.pack.version,
    channel: input.channel,
    recordedBy: input.recordedBy ?? null,
    contentKey: contentPublicKey,
    replyKey: Buffer.from(input.replyKey),
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
    concernsOfficial: facts.concernsOfficial,
    arrivedOn: chinaDay(input.at),
    leadId: input.leadId,
    spam: input.spam,
  };
}

export function identifierRows(tipId: string, facts: TipFacts): (typeof tipIdentifiers.$inferInsert)[] {
  return facts.identifiers.map((one) => ({ id: uuidv4(), tipId, ...one }));
}
