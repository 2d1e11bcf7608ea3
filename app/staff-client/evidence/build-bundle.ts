import { downloadZip } from "client-zip";
import { openFile } from "~/staff-client/open-file";
import type { FileMeta } from "~server/evidence/file-meta";
import type { SubjectFacts } from "~server/handling/list-evidence.server";
import type { OpenKeyring } from "~server/secrecy/open-keyring";

export type ChosenReport = {
  readonly rank: number;
  readonly facts: SubjectFacts;
  readonly files: readonly FileMeta[];
  /** Files that came with later messages, message by message, oldest first. */
  readonly later: readonly (readonly FileMeta[])[];
};

export type BuiltBundle = {
  readonly zip: Blob;
  /** SHA-256 of manifest.txt, hex: through it of every file. */
  readonly sha256: string;
  readonly files: number;
  readonly bytes: number;
};

/** What a browser holds of one bundle at most, in bytes. */
export const BUNDLE_BYTES = 1_000_000_000;

/**
 * Builds the ZIP that goes with a 移送函, in this page alone: the files, opened with the officer's keys and named by
 * numbers (a reporter's file name may name the reporter); pictures as their copies without metadata, with the hash of
 * the original; `manifest.json` with what the reports say of the subject, and `manifest.txt`, which `sha256sum -c` checks.
 * null where a file does not open, or is not what was received.
 */
export async function buildBundle(
  input: {
    readonly letter: { readonly number: string; readonly recipient: string };
    readonly lead: { readonly number: number; readonly name: string };
    /** A lead of many reports goes in several bundles. */
    readonly part: number;
    readonly parts: number;
    readonly reports: readonly ChosenReport[];
  },
  keyring: OpenKeyring,
  onProgress: (done: number, of: number) => void,
): Promise<BuiltBundle | null> {
  const of = input.reports.flatMap(filesOf).length;
  const packed: { name: string; input: Blob }[] = [];
  const lines: string[] = [];
  const reports: unknown[] = [];
  let bytes = 0;
  for (const report of input.reports) {
    const { rank, facts } = report;
    const listed: unknown[] = [];
    for (const { file, folder, at } of filesOf(report)) {
      onProgress(packed.length, of);
      const part = file.copy === null ? "original" : "copy";
      const opened = await openFile(file, part, keyring);
      if (opened.state !== "open" || opened.intact === false) return null;
      const path = `reports/${pad(rank, 4)}/${folder}${pad(at, 2)}.${file.type}`;
      const sha256 = await hash(await opened.blob.arrayBuffer());
      packed.push({ name: path, input: opened.blob });
      lines.push(`${sha256}  ${path}`);
      bytes += opened.blob.size;
      listed.push({
        ...{ path, size: opened.blob.size, sha256 },
        ...(part === "copy" ? { original: { size: file.size, sha256: file.sha256 } } : {}),
      });
    }
    reports.push({ rank, facts, files: listed });
  }
  const { letter, lead, part, parts } = input;
  const head = {
    letter: letter.number,
    recipient: letter.recipient,
    lead,
    part: { number: part, of: parts },
  };
  const json = JSON.stringify({ ...head, reports }, null, 2);
  const jsonBytes = new TextEncoder().encode(json);
  lines.push(`${await hash(jsonBytes)}  manifest.json`);
  const text = new TextEncoder().encode(`${lines.join("\n")}\n`);
  const zip = await downloadZip([
    ...packed.map((one) => ({ ...one, lastModified: new Date() })),
    { name: "manifest.json", input: jsonBytes, lastModified: new Date() },
    { name: "manifest.txt", input: text, lastModified: new Date() },
  ]).blob();
  return { zip, sha256: await hash(text), files: packed.length, bytes };
}

/** A report's files in the order of the bundle: its own, then `later-1/`, `later-2/` … by message; no day of any. */
export function filesOf({ files, later }: Pick<ChosenReport, "files" | "later">) {
  return [
    ...files.map((file, at) => ({ file, folder: "", at: at + 1 })),
    ...later
      .filter((sent) => sent.length > 0)
      .flatMap((sent, n) =>
        sent.map((file, at) => ({ file, folder: `later-${String(n + 1)}/`, at: at + 1 })),
      ),
  ];
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, "0");
}

async function hash(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
