import { and, asc, count, eq } from "drizzle-orm";
import { handlingLetters } from "~db/schema/handling";
import { tipIdentifiers, tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { formatFen } from "~/forms/money";
import { notFound } from "~server/errors.server";
import { sectorTitle } from "~server/packs/list-options";
import type { Portal } from "~server/portal.server";
import { readSealed } from "~server/secrecy/read-sealed.server";
import type { SealedView } from "~server/secrecy/sealed-view";
import type { StaffActor } from "~server/staff-auth/actor";
import { actsForTheLead, readsTheTips } from "~server/triage/lead-scope.server";
import { REPORTS_A_PAGE, type LetterFacts } from "./handling-kinds";
import { readHandledLead } from "./handling-scope.server";
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
  readonly reports: readonly {
    readonly tipId: string;
    /** Its place among the lead's reports, from 1. */
    readonly rank: number;
    readonly facts: SubjectFacts;
    /** The list of its files, `FileMeta[]`, still sealed. */
    readonly files: SealedView;
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
          sector: sectorTitle(portal.pack.pack, sector),
          alleged: allegedFen === null ? null : formatFen(allegedFen),
          identifiers,
        },
        files: sealed(id, "files"),
      });
    }
    const { issuer, recipient } = letter.facts as LetterFacts;
    return {
      lead: { id: lead.id, number: lead.number, name: lead.name },
      letter: { id: letter.id, number: letterNumber(issuer, "transfer", letter.year, letter.no), recipient },
      count: n,
      reports,
    };
  });
}
