import type { FileMeta } from "~server/evidence/file-meta";
import type { Destination } from "~server/evidence/place-file.server";
import { storeFile } from "~server/evidence/store-file.server";
import type { Portal } from "~server/portal.server";
import type { DemoFile } from "./demo-grammar";
import { makeDemoFile } from "./make-demo-file";

/** Sends the story's files the way a reporter's arrive: looked at, sealed, a picture with its copy. `portal` at their day. */
export async function seedFiles(
  portal: Portal,
  to: Destination,
  files: readonly DemoFile[],
): Promise<FileMeta[]> {
  const stored: FileMeta[] = [];
  for (const { name } of files) {
    const bytes = await makeDemoFile(name);
    const outcome = await storeFile(portal, to, { name, bytes: inOnePiece(bytes), cut: () => false });
    if (outcome.state !== "stored") throw new Error(`the story's file ${name} was not stored`);
    stored.push(outcome.file);
  }
  return stored;
}

async function* inOnePiece(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
