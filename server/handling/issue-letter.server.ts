import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { handlingLetters } from "~db/schema/handling";
import { tipIdentifiers, tips } from "~db/schema/intake";
import { leadAgencies, leadSectors } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { DomainError } from "~server/errors.server";
import type { Pack } from "~server/packs/grammar";
import { sectorTitle } from "~server/packs/list-options";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { readPackInForce } from "~server/packs/read-stored-pack.server";
import type { Portal } from "~server/portal.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import type { LeadRow } from "~server/triage/lead-scope.server";
import type { LetterFacts, LetterItem, LetterKind } from "./handling-kinds";
import { bodyNamed, bodyOfAct, readHandledLead, refuseUnlessHandling } from "./handling-scope.server";
import { listRecipients } from "./list-recipients.server";
import { letterNumber } from "./letter-number";

export type LetterInput = {
  readonly leadId: string;
  readonly kind: LetterKind;
  /** Whom it is written to; of a 转办函 the id of a body that holds the lead. */
  readonly recipient: string;
  readonly legalBasis: string;
  readonly reason: string | null;
  readonly items: readonly LetterItem[];
  readonly limit: { readonly days: number; readonly kind: "working" | "calendar" } | null;
  readonly replyTo: string | null;
};

/** Values of one kind a letter names at most. */
const NAMED_AT_MOST = 50;

/**
 * Issues a numbered letter. A 转办函 is the leading office's own, to any body that holds the lead and has no accounts; the
 * others are the bodies' that lead the lead. The number comes from the database. Refusals: `not_your_lead`,
 * `not_handling`, `not_a_holder`, `has_accounts`, `issued_already` for the same letter on the same day.
 */
export async function issueLetter(
  portal: Pick<Portal, "db" | "pack" | "clock">,
  input: LetterInput,
  actor: StaffActor,
): Promise<{ letterId: string; number: string }> {
  const at = portal.clock.now();
  return withActor(portal.db, actor, async (tx) => {
    const lead = await readHandledLead(tx, input.leadId, actor, { lock: true });
    const forwarded = input.kind === "forward" ? await officeWrites(tx, lead, input.recipient, actor) : null;
    const body = forwarded === null ? await bodyWrites(tx, lead, actor) : forwarded.office;
    const recipient = forwarded === null ? input.recipient : forwarded.to.name;
    const { kind, legalBasis, reason, items, limit, replyTo } = input;
    const issuedOn = chinaDay(at);
    const facts: LetterFacts = {
      ...{
        issuer: body.name,
        recipient,
        leadNumber: lead.number,
        legalBasis,
        reason,
        items,
        limit,
        replyTo,
        issuedOn,
      },
      subject: forRecipient(kind, await readSubject(tx, await packOf(tx, lead, portal.pack), lead)),
    };
    await refuseRepeated(tx, { leadId: lead.id, kind, agencyId: body.agencyId, facts });
    const letterId = uuidv7();
    const [made] = await tx
      .insert(handlingLetters)
      .values({
        ...{ id: letterId, leadId: lead.id, kind, agencyId: body.agencyId, recipient, facts, issuedOn },
        // Both are the trigger's to give.
        ...{ year: 0, no: 0 },
        recipientAgencyId: forwarded?.to.agencyId ?? null,
        limitDays: limit?.days ?? null,
        limitKind: limit?.kind ?? null,
        recordedBy: actor.id,
        recordedAt: at,
      })
      .returning({ year: handlingLetters.year, no: handlingLetters.no });
    const number = letterNumber(body.name, kind, made?.year ?? 0, made?.no ?? 0);
    await recordEvent(
      tx,
      {
        action: "letter.issued",
        subjectTable: "handling_letters",
        subjectId: letterId,
        leadId: lead.id,
        data: { number },
        at,
      },
      actor,
    );
    return { letterId, number };
  });
}

/** A form sent twice, or again from a page of before, would make a second numbered letter, which nothing takes back. */
async function refuseRepeated(
  tx: Tx,
  letter: { leadId: string; kind: LetterKind; agencyId: string; facts: LetterFacts },
): Promise<void> {
  const { leadId, kind, agencyId, facts } = letter;
  const [same] = await tx
    .select({ year: handlingLetters.year, no: handlingLetters.no })
    .from(handlingLetters)
    .where(
      and(
        eq(handlingLetters.leadId, leadId),
        eq(handlingLetters.kind, kind),
        eq(handlingLetters.agencyId, agencyId),
        sql`${handlingLetters.facts} = ${JSON.stringify(facts)}::jsonb`,
      ),
    )
    .limit(1);
  if (same === undefined) return;
  const number = letterNumber(facts.issuer, kind, same.year, same.no);
  throw new DomainError(
    "issued_already",
    409,
    `内容相同的文书今天已经发出，编号为${number}，没有再发。确需另发的，请在事项中写明与前一份的不同。`,
  );
}

async function bodyWrites(tx: Tx, lead: LeadRow, actor: StaffActor) {
  await refuseUnlessHandling(tx, lead, actor);
  return bodyOfAct(tx, lead.id, actor);
}

async function officeWrites(tx: Tx, lead: LeadRow, agencyId: string, actor: StaffActor) {
  if (!hasRole(actor, "triage_officer")) {
    throw new DomainError("not_your_lead", 403, "转办函由领导小组办公室的研判员发出。");
  }
  const stages = ["dispatched", "investigating", "determined"];
  if (!stages.includes(lead.stage)) {
    throw new DomainError("not_handling", 409, "线索转办以后、办结以前才能发转办函，请先查看线索的阶段。");
  }
  const held = and(eq(leadAgencies.leadId, lead.id), isNull(leadAgencies.toAt));
  const [holder] = await tx
    .select({ id: leadAgencies.id })
    .from(leadAgencies)
    .where(and(held, eq(leadAgencies.agencyId, agencyId)))
    .limit(1);
  if (holder === undefined) {
    throw new DomainError("not_a_holder", 400, "转办函发给承办或配合这条线索的部门，请从列出的部门中选择。");
  }
  const to = (await listRecipients(tx, lead.id)).find((one) => one.agencyId === agencyId);
  if (to === undefined) {
    throw new DomainError("has_accounts", 409, "该部门已有账号，可以直接在线办理，不需要转办函。");
  }
  return { office: await bodyNamed(tx, actor.agencyId), to };
}

/** The subject itself is not told which sites and groups somebody knew of: that could point to who reported. */
function forRecipient(kind: LetterKind, subject: LetterFacts["subject"]): LetterFacts["subject"] {
  const toSubject = kind === "rectify" || kind === "repayment";
  return toSubject ? { ...subject, sites: [], apps: [], sectors: [] } : subject;
}

/** The lead's own plan, whose words for a sector another one may not have. */
export async function packOf(tx: Tx, lead: LeadRow, home: LoadedPack): Promise<Pack> {
  return ((await readPackInForce(tx, lead.packId, home)) ?? home).pack;
}

/** Who the lead is about: registered facts alone, nothing a reporter told of themselves. */
export async function readSubject(tx: Tx, pack: Pack, lead: LeadRow): Promise<LetterFacts["subject"]> {
  // A tip that accuses an official is not written about to others.
  const seen = [eq(tips.leadId, lead.id), eq(tips.concernsOfficial, false)];
  const marks = await tx
    .selectDistinct({ kind: tipIdentifiers.kind, key: tipIdentifiers.key })
    .from(tipIdentifiers)
    .innerJoin(tips, eq(tips.id, tipIdentifiers.tipId))
    .where(and(...seen, inArray(tipIdentifiers.kind, ["site", "app"])))
    .orderBy(tipIdentifiers.key)
    .limit(NAMED_AT_MOST * 2);
  const codes = await tx
    .selectDistinct({ uscc: tips.uscc })
    .from(tips)
    .where(and(...seen))
    .limit(NAMED_AT_MOST);
  const sectors = await tx
    .select({ sector: leadSectors.sector })
    .from(leadSectors)
    .where(and(eq(leadSectors.leadId, lead.id), isNull(leadSectors.toOn)));
  const named = (kind: string) =>
    marks.flatMap((one) => (one.kind === kind ? [one.key] : [])).slice(0, NAMED_AT_MOST);
  return {
    name: lead.name,
    uscc: codes.flatMap(({ uscc }) => (uscc === null ? [] : [uscc])),
    sites: named("site"),
    apps: named("app"),
    sectors: sectors.flatMap(({ sector }) => sectorTitle(pack, sector) ?? []),
  };
}
