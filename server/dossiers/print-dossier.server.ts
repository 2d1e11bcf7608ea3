import type { Content, TableCell } from "pdfmake/interfaces";
import { formatDay, formatInstant } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { hashContent, makePdf } from "~server/documents/make-pdf.server";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { presentDossier } from "./present-dossier.server";
import { readDossier } from "./read-dossier.server";

/**
 * The dossier as this person sees it, as a PDF: registered facts, classes and leads, nothing a reporter wrote and no
 * dossier it is linked with. Its number and the hash of its facts stand at the foot and in the trail.
 */
export async function printDossier(
  portal: Pick<Portal, "db" | "packs" | "clock">,
  dossierId: string,
  actor: StaffActor,
): Promise<{ bytes: Buffer; fileName: string }> {
  const at = portal.clock.now();
  const page = await readDossier(portal.db, { dossierId, withLinks: false }, actor);
  const packs = portal.packs.all().map(({ pack }) => pack);
  const view = presentDossier(packs, page);
  const facts = {
    name: view.name,
    openedOn: view.openedOn,
    aliases: view.aliases.map(({ name }) => name),
    keywords: view.keywords,
    sectors: view.sectors,
    keys: view.keys.map(({ kind, key }) => [kind, key]),
    fields: view.fields.map(({ field, latest }) => ({
      field,
      value: latest?.value ?? "",
      source: latest?.source ?? "",
      recordedAt: latest === null ? "" : formatInstant(latest.at),
    })),
    classes: view.classes.map(({ id: _row, ...one }) => ({ ...one })),
    leads: view.leads.map(({ number, stage, openedOn, closureCode }) => ({
      number,
      stage,
      openedOn,
      closureCode,
    })),
  };
  const sha256 = hashContent(facts);
  const first = Math.min(...view.leads.map(({ number }) => number));
  // The dossier's own number is that of its first lead this person sees.
  const number = Number.isFinite(first) ? `D-${String(first)}` : `D-${view.id.slice(0, 8)}`;
  await withActor(portal.db, actor, (tx) =>
    recordEvent(
      tx,
      {
        action: "dossier.printed",
        subjectTable: "dossiers",
        subjectId: view.id,
        ...(page.leads[0] === undefined ? {} : { leadId: page.leads[0].id }),
        data: { sha256 },
        at,
      },
      actor,
    ),
  );
  const bytes = await makePdf({
    title: `${staffZh.dossiers.pdf.title} ${view.name}`,
    number: staffZh.dossiers.pdf.number.replace("{{number}}", number),
    ...{ sha256, createdAt: at, content: layOut(facts, formatInstant(at)) },
  });
  return { bytes, fileName: `${number}.pdf` };
}

type Facts = {
  name: string;
  openedOn: string;
  aliases: readonly string[];
  keywords: readonly string[];
  sectors: readonly string[];
  keys: readonly (readonly string[])[];
  fields: readonly {
    field: keyof typeof staffZh.dossiers.fields;
    value: string;
    source: string;
    recordedAt: string;
  }[];
  classes: readonly {
    leadNumber: number;
    entityClass: string;
    decisionNumber: string;
    decidedOn: string;
    superseded: boolean;
    isFinal: boolean;
  }[];
  leads: readonly { number: number; stage: string; openedOn: string; closureCode: string | null }[];
};

function layOut(facts: Facts, printedAt: string): Content {
  const said = staffZh.dossiers;
  const list = (items: readonly string[]) => (items.length === 0 ? "—" : items.join("、"));
  const keyKinds: Record<string, string> = said.keyKinds;
  const classes: Record<string, string> = staffZh.findings.classes;
  const stages: Record<string, string> = staffZh.stages;
  const closures: Record<string, string> = staffZh.closures;
  const head: [string, string][] = [
    [said.openedOn, formatDay(facts.openedOn)],
    [said.pdf.aliases, list(facts.aliases)],
    [said.pdf.sectors, list(facts.sectors)],
    [said.pdf.keywords, list(facts.keywords)],
    ...(facts.keys.length === 0
      ? []
      : [
          [
            said.pdf.keys,
            list(facts.keys.map(([kind, key]) => `${keyKinds[kind ?? ""] ?? ""} ${key ?? ""}`)),
          ] as [string, string],
        ]),
  ];
  return [
    { text: said.pdf.title, style: "title" },
    { text: facts.name, alignment: "center", fontSize: 13, margin: [0, 0, 0, 4] },
    { text: said.pdf.printed.replace("{{day}}", printedAt), style: "small", alignment: "center" },
    grid(head.map(([label, value]) => [label, value])),
    { text: said.pdf.fields, style: "heading" },
    grid(
      facts.fields.map(({ field, value, source, recordedAt }) => [
        said.fields[field],
        value === ""
          ? said.fieldEmpty
          : {
              stack: [
                value,
                {
                  text: said.pdf.source.replace("{{source}}", source).replace("{{day}}", recordedAt),
                  style: "small",
                },
              ],
            },
      ]),
    ),
    { text: said.pdf.classes, style: "heading" },
    facts.classes.length === 0
      ? { text: said.classNone }
      : grid(
          facts.classes.map((one) => [
            classes[one.entityClass] ?? one.entityClass,
            [
              `${one.decisionNumber}，${formatDay(one.decidedOn)}`,
              ...(one.superseded ? [said.classSuperseded] : []),
              ...(one.isFinal ? [] : [said.classNotFinal]),
            ].join("；"),
          ]),
        ),
    { text: said.pdf.leads, style: "heading" },
    grid(
      facts.leads.map(({ number, stage, openedOn, closureCode }) => [
        said.pdf.lead.replace("{{number}}", String(number)),
        [
          formatDay(openedOn),
          stages[stage] ?? stage,
          ...(closureCode === null ? [] : [closures[closureCode] ?? ""]),
        ].join("，"),
      ]),
    ),
    { text: said.pdf.note, style: "small", margin: [0, 12, 0, 0] },
  ];
}

function grid(rows: TableCell[][]): Content {
  if (rows.length === 0) return { text: "—" };
  return {
    table: { widths: [130, "*"], body: rows },
    layout: {
      hLineColor: () => "#cccccc",
      vLineColor: () => "#cccccc",
      hLineWidth: () => 0.5,
      vLineWidth: () => 0.5,
    },
    margin: [0, 4, 0, 0],
  };
}
