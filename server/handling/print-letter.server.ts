import { eq } from "drizzle-orm";
import type { Content } from "pdfmake/interfaces";
import { formatDay } from "~/i18n/format-date";
import { staffHandling } from "~/i18n/zh-CN/staff-handling";
import { handlingLetters } from "~db/schema/handling";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { hashContent, makePdf } from "~server/documents/make-pdf.server";
import { notFound } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import type { LetterFacts, LetterKind } from "./handling-kinds";
import { readHandledLead } from "./handling-scope.server";
import { letterNumber } from "./letter-number";

/** A letter as it was issued, as a PDF: the same bytes whenever and by whomever it is printed. */
export async function printLetter(
  portal: Pick<Portal, "db" | "clock">,
  letterId: string,
  actor: StaffActor,
): Promise<{ bytes: Buffer; fileName: string }> {
  const { letter, number, sha256 } = await withActor(portal.db, actor, async (tx) => {
    if (!/^[0-9a-f-]{36}$/.test(letterId)) throw notFound();
    const [row] = await tx.select().from(handlingLetters).where(eq(handlingLetters.id, letterId));
    if (row === undefined) throw notFound();
    const lead = await readHandledLead(tx, row.leadId, actor);
    const said = letterNumber((row.facts as LetterFacts).issuer, row.kind as LetterKind, row.year, row.no);
    const hash = hashContent({ number: said, kind: row.kind, ...(row.facts as LetterFacts) });
    await recordEvent(
      tx,
      {
        ...{ action: "letter.printed", subjectTable: "handling_letters", subjectId: row.id, leadId: lead.id },
        data: { number: said, sha256: hash },
        at: portal.clock.now(),
      },
      actor,
    );
    return { letter: row, number: said, sha256: hash };
  });
  const kind = letter.kind as LetterKind;
  const bytes = await makePdf({
    ...{ title: `${staffHandling.letterTitles[kind]} ${number}`, number, sha256 },
    createdAt: letter.recordedAt,
    content: layOut(kind, number, letter.facts as LetterFacts),
  });
  return { bytes, fileName: `${kind}-${String(letter.year)}-${String(letter.no)}.pdf` };
}

function layOut(kind: LetterKind, number: string, facts: LetterFacts): Content {
  const said = staffHandling.pdf;
  const { subject, limit } = facts;
  const list = (items: readonly string[]) => items.join("、");
  const rows: [string, string][] = [
    [said.subject, subject.name],
    [said.uscc, list(subject.uscc)],
    [said.sectors, list(subject.sectors)],
    // The referral's own list names them.
    ...(kind === "sites"
      ? []
      : ([
          [said.sites, list(subject.sites)],
          [said.apps, list(subject.apps)],
        ] as [string, string][])),
    [said.basis, facts.legalBasis],
    [said.reason, facts.reason ?? ""],
  ];
  return [
    { text: facts.issuer, alignment: "center", fontSize: 13, margin: [0, 0, 0, 4] },
    { text: staffHandling.letterTitles[kind], style: "title" },
    { text: number, alignment: "center", margin: [0, 0, 0, 12] },
    { text: `${facts.recipient}：`, margin: [0, 0, 0, 6] },
    { text: said.opening[kind], margin: [0, 0, 0, 6] },
    {
      table: { widths: [110, "*"], body: rows.filter(([, value]) => value !== "").map((row) => [...row]) },
      layout: {
        hLineColor: () => "#cccccc",
        vLineColor: () => "#cccccc",
        hLineWidth: () => 0.5,
        vLineWidth: () => 0.5,
      },
    },
    { text: said.items[kind], style: "heading" },
    {
      ol: facts.items.map(({ text, clause }) =>
        clause === null ? text : `${text}（${said.clause}${clause}）`,
      ),
    },
    ...(limit === null
      ? []
      : [
          {
            text: said.limit[kind]
              .replace("{{days}}", String(limit.days))
              .replace("{{unit}}", said.units[limit.kind]),
            margin: [0, 10, 0, 0] as [number, number, number, number],
          },
        ]),
    ...(facts.replyTo === null
      ? []
      : [
          {
            text: said.replyTo.replace("{{address}}", facts.replyTo),
            margin: [0, 6, 0, 0] as [number, number, number, number],
          },
        ]),
    { text: facts.issuer, alignment: "right", margin: [0, 30, 0, 2] },
    { text: formatDay(facts.issuedOn), alignment: "right" },
    { text: said.seal, style: "small", margin: [0, 16, 0, 0] },
  ];
}
