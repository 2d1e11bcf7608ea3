import type { Content } from "pdfmake/interfaces";
import { formatDay, formatInstant } from "~/i18n/format-date";
import { staffDisputes as words } from "~/i18n/zh-CN/staff-disputes";
import { staffCommon } from "~/i18n/zh-CN/staff-common";
import { hashContent, makePdf } from "~server/documents/make-pdf.server";
import type { DisputeEntry, DisputeView } from "./present-dispute.server";

/**
 * 会商纪要 as a PDF: the question, who mediated by which clause, and everything said and done in order. From structured
 * facts and what bodies wrote to each other alone; nothing of a reporter's. `at` is printed as the day it was made.
 */
export async function composeMinutes(
  input: { readonly number: number; readonly name: string; readonly at: Date },
  dispute: DisputeView,
): Promise<Buffer> {
  const facts = { number: input.number, name: input.name, ...minutesOf(dispute) };
  const content: Content = [
    { text: words.minutesTitle, style: "title" },
    { text: `${words.number} ${input.number} · ${input.name}`, alignment: "center" },
    { text: words.question, style: "heading" },
    { text: facts.question },
    pairTable(facts.head),
    { text: words.proceedings, style: "heading" },
    ...facts.entries.flatMap(({ title, when, pairs }): Content[] => [
      { text: title, bold: true, margin: [0, 8, 0, 0] },
      { text: when, style: "small" },
      ...(pairs.length === 0 ? [] : [pairTable(pairs)]),
    ]),
    {
      text: words.minutesMade.replace("{{at}}", formatInstant(input.at)),
      style: "small",
      margin: [0, 16, 0, 0],
    },
  ];
  return makePdf({
    title: words.minutesTitle,
    number: words.minutesNumber.replace("{{number}}", String(input.number)),
    sha256: hashContent(facts),
    createdAt: input.at,
    content,
  });
}

type Pair = readonly [label: string, value: string];

/** What the minutes say, in words. */
export function minutesOf(dispute: DisputeView): {
  question: string;
  head: Pair[];
  entries: { title: string; when: string; pairs: Pair[] }[];
} {
  return {
    question: dispute.question,
    head: [
      [words.cause, words.causes[dispute.cause]],
      [words.mediator, dispute.mediator],
      [words.method, dispute.method],
      [words.clause, dispute.clause],
      [words.parties, dispute.parties.map(({ name }) => name).join("、")],
      [words.status, words.statuses[dispute.status]],
    ].filter((pair): pair is [string, string] => pair[1] !== ""),
    entries: dispute.entries.map((entry) => ({
      title: titleOf(entry),
      when: [formatInstant(entry.at), entry.person].filter(Boolean).join(" · "),
      pairs: entry.pairs.map(({ label, value }): Pair => [
        words.labels[label],
        label === "heldOn" ? formatDay(value) : label === "byGroup" ? staffCommon.yes : value,
      ]),
    })),
  };
}

function titleOf({ kind, body, version }: DisputeEntry): string {
  const key =
    kind === "opened" && body === ""
      ? "openedAlone"
      : kind === "opinion" && (version ?? 1) > 1
        ? "opinionAgain"
        : kind;
  return words.entries[key].replace("{{body}}", () => body).replace("{{version}}", String(version ?? ""));
}

function pairTable(pairs: readonly Pair[]): Content {
  return {
    layout: "noBorders",
    table: {
      widths: [70, "*"],
      body: pairs.map(([label, value]) => [{ text: label, color: "#555555" }, { text: value }]),
    },
  };
}
