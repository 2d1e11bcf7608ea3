import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { formatCheckpoint, parseCheckpoint, type Checkpoint } from "./checkpoint-line";

/** A line of a checkpoint file; `checkpoint` is null when it cannot be read as one. */
export type CheckpointLine = {
  readonly file: string;
  readonly line: number;
  readonly checkpoint: Checkpoint | null;
};

/** Whose roots: each chain has files of its own in the folder, `<prefix>YYYY-MM.txt`, and its own kind of line. */
export type CheckpointFiles = {
  readonly prefix: string;
  readonly format: (root: Checkpoint) => string;
  readonly parse: (line: string) => Checkpoint | null;
};

export const TRAIL_FILES: CheckpointFiles = { prefix: "", format: formatCheckpoint, parse: parseCheckpoint };

/**
 * Every line of the folder's files, oldest first; none when there is no folder. What a crash left half written is passed
 * over: an unfinished last line, or one that the next line says in full.
 */
export function readCheckpoints(
  folder: string,
  { prefix, parse }: CheckpointFiles = TRAIL_FILES,
): CheckpointLine[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && /^\d{4}-\d{2}\.txt$/.test(name.slice(prefix.length)))
    .sort()
    .flatMap((file) => {
      const lines = readFileSync(path.join(folder, file), "utf8").split("\n");
      return lines.flatMap((text, at): CheckpointLine[] => {
        const checkpoint = parse(text);
        const next = lines[at + 1];
        if (text === "" || (checkpoint === null && (next === undefined || next.startsWith(text)))) return [];
        return [{ file, line: at + 1, checkpoint }];
      });
    });
}

/**
 * Appends to the file of each root's month, and returns when the disk has it. Only ever appends, so that the folder
 * may lie on storage that allows nothing else. Throws what the file system says.
 */
export function appendCheckpoints(
  folder: string,
  roots: readonly Checkpoint[],
  { prefix, format }: CheckpointFiles = TRAIL_FILES,
): void {
  mkdirSync(folder, { recursive: true });
  for (const root of roots) {
    const file = path.join(folder, `${prefix}${root.day.slice(0, 7)}.txt`);
    // A line cut off by a crash is ended first; the reader passes over it.
    const torn = existsSync(file) && !/(?:^|\n)$/.test(readFileSync(file, "utf8"));
    const handle = openSync(file, "a", 0o644);
    try {
      writeSync(handle, `${torn ? "\n" : ""}${format(root)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }
}
