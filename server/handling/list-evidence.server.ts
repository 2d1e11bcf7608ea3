import { and, asc, count, eq, inArray } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { handlingLetters } from "~db/schema/handling";
import { tipIdentifiers, tips } from "~db/schema/intake";
import { tipMessages } from "~db/schema/messages";
import { withActor } from "~db/with-actor.server";
import { formatFen } from "~/forms/money";
import { notFound } from "~server/errors.server";
import { sectorTitle } from "~server/packs/list-options";
import type { Portal } from "~server/portal.server";
import { toBase64url } from "~server/secrecy/format";
import { readKeysFor, readSealed } from "~server/secrecy/read-sealed.server";
import type { SealedView } from "~server/secrecy/sealed-view";
import type { MessageBundle } from "~server/secrecy/staff-message";
import type { StaffActor } from "~server/staff-auth/actor";
import { actsForTheLead, readsTheTips } from "~server/triage/lead-scope.server";
import { REPORTS_A_PAGE, type LetterFacts } from "./handling-kinds";
import { readHandledLead } from "./handling-scope.server";
import { packOf } from "./issue-letter.server";
import { letterNumber } from "./letter-number";

/** What a report says of the subject, in words of the register; nothing of who reported, how or when. */
export type SubjectFacts = {
  readonly subjectName: string;
  readonly uscc: string | null;
  readonly sector: string | null;
  readonly redLines: readonly string[];
  readonly startedOn: string | null;
  readonly alleged: string | null;
  readonly people: number | null;
  readonly identifiers: readonly { readonly kind: string; readonly value: string }[];
};

export type EvidencePage = {
  readonly lead: { readonly id: string; readonly number: number; readonly name: string };
  readonly letter: { readonly id: string; readonly number: string; readonly recipient: string };
  readonly count: number;
  /** Which of the lead's bundles this page makes, from 1: each holds one page of reports. */
  readonly part: number;
  readonly parts: number;
  /** Later messages with files beyond those listed here; the reports' own lists are whole. */
  readonly moreMessages: boolean;
  readonly reports: readonly {
    readonly tipId: string;
    /** Its place among the lead's reports, from 1. */
    readonly rank: number;
    readonly facts: SubjectFacts;
    /** The list of its files, `FileMeta[]`, still sealed. */
    readonly files: SealedView;
    /** What the reporter sent with files afterwards, oldest first, still sealed. */
    readonly messages: readonly MessageBundle[];
  }[];
};

/**
 * Reports of a lead with their sealed lists of files, for the officer's browser to build a bundle of a 移送函 from. For
 * who acts for the lead and reads its tips alone; 404 for everybody else.
 */
export async function listEvidence(
  portal: Pick<Portal, "db" | "pack">,
  input: { leadId: string; letterId: string; page: number },
  actor: StaffActor,
): Promise<EvidencePage> {
  return withActor(portal.db, actor, async (tx) => {
    const lead = await readHandledLead(tx, input.leadId, actor);
    if (!(await readsTheTips(tx, lead.id, actor)) || !(await actsForTheLead(tx, lead.id, actor)))
      throw notFound();
    if (!/^[0-9a-f-]{36}$/.test(input.letterId)) throw notFound();
    const [letter] = await tx
      .select()
      .from(handlingLetters)
      .where(
        and(
          eq(handlingLetters.id, input.letterId),
          eq(handlingLetters.leadId, lead.id),
          eq(handlingLetters.kind, "transfer"),
        ),
      );
    if (letter === undefined) throw notFound();
    const pack = await packOf(tx, lead, portal.pack);
    // What accuses an official does not leave by this way.
    const of = and(eq(tips.leadId, lead.id), eq(tips.concernsOfficial, false));
    const [{ n } = { n: 0 }] = await tx.select({ n: count() }).from(tips).where(of);
    const offset = (input.page - 1) * REPORTS_A_PAGE;
    const rows = await tx
      .select({
        id: tips.id,
        subjectName: tips.subjectName,
        uscc: tips.uscc,
        sector: tips.sector,
        redLines: tips.redLines,
        startedOn: tips.startedOn,
        allegedFen: tips.allegedFen,
        people: tips.people,
      })
      .from(tips)
      .where(of)
      .orderBy(asc(tips.arrivalNo))
      .limit(REPORTS_A_PAGE)
      .offset(offset);
    const tipIds = rows.map(({ id }) => id);
    const sealed = await readSealed(tx, { tipIds, fields: ["files"] }, actor);
    const later = await readLater(tx, tipIds, actor);
    const reports: EvidencePage["reports"][number][] = [];
    for (const [at, { id, allegedFen, sector, ...row }] of rows.entries()) {
      const identifiers = await tx
        .select({ kind: tipIdentifiers.kind, value: tipIdentifiers.key })
        .from(tipIdentifiers)
        .where(eq(tipIdentifiers.tipId, id))
        .limit(40);
      reports.push({
        tipId: id,
        rank: offset + at + 1,
        facts: {
          ...row,
          sector: sectorTitle(pack, sector),
          alleged: allegedFen === null ? null : formatFen(allegedFen),
          identifiers,
        },
        files: sealed(id, "files"),
        messages: later.messages.filter(({ message }) => message.tipId === id),
      });
    }
    const { issuer, recipient } = letter.facts as LetterFacts;
    return {
      lead: { id: lead.id, number: lead.number, name: lead.name },
      letter: { id: letter.id, number: letterNumber(issuer, "transfer", letter.year, letter.no), recipient },
      count: n,
      part: input.page,
      parts: Math.ceil(n / REPORTS_A_PAGE),
      moreMessages: later.more,
      reports,
    };
  });
}

/** Messages of a page's reporters that may bring files, of all its reports together. */
const MESSAGES_SHOWN = 400;

async function readLater(
  tx: Tx,
  tipIds: readonly string[],
  actor: StaffActor,
): Promise<{ messages: MessageBundle[]; more: boolean }> {
  if (tipIds.length === 0) return { messages: [], more: false };
  const rows = await tx
    .select()
    .from(tipMessages)
    .where(
      and(
        inArray(tipMessages.tipId, [...tipIds]),
        eq(tipMessages.direction, "in"),
        // A wish to have the lead opened again may bring files as well.
        inArray(tipMessages.kind, ["evidence", "reopen"]),
      ),
    )
    .orderBy(asc(tipMessages.messageNo))
    .limit(MESSAGES_SHOWN + 1);
  const keys = await readKeysFor(tx, { tipIds, records: ["content"] }, actor);
  return {
    more: rows.length > MESSAGES_SHOWN,
    messages: rows.slice(0, MESSAGES_SHOWN).map((row) => ({
      state: "sealed",
      message: { id: row.id, tipId: row.tipId, direction: "in" },
      suite: row.suite,
      body: toBase64url(row.body),
      enc: toBase64url(row.contentEnc),
      key: toBase64url(row.contentBody),
      keys: keys.get(`${row.tipId} content`) ?? [],
    })),
  };
}
