import { and, eq } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { tipFiles } from "~db/schema/evidence";
import { tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { notFound } from "~server/errors.server";
import { trailLead } from "~server/intake/trail-lead";
import type { FilePart } from "~server/secrecy/file-format";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { readLeadInScope, readsTheTips } from "~server/triage/lead-scope.server";
import type { EvidenceStore } from "./open-store.server";

/**
 * The sealed chunks of one part of a sent file, one after the other, for a browser that holds its key. That somebody
 * fetched them is an event. 404 for anyone who may not read the report it belongs to, and where there is no such part.
 * `pace` is awaited before each chunk, so that a slow reader costs no memory.
 */
export async function streamFile(
  ground: { readonly db: Database; readonly store: EvidenceStore },
  input: {
    readonly fileId: string;
    readonly part: FilePart;
    readonly at: Date;
    readonly pace?: () => Promise<void>;
  },
  actor: StaffActor,
): Promise<{ readonly chunks: number; readonly bytes: ReadableStream<Uint8Array> }> {
  const { fileId, part } = input;
  if (!/^[0-9a-f-]{36}$/.test(fileId)) throw notFound();
  const chunks = await withActor(ground.db, actor, async (tx) => {
    const file = await readableFile(tx, fileId, actor);
    const count = part === "original" ? file.chunks : file.copyChunks;
    if (count === 0) throw notFound();
    await recordEvent(
      tx,
      {
        action: part === "original" ? "tip.file_fetched" : "tip.file_viewed",
        subjectTable: "tips",
        subjectId: file.tipId,
        ...trailLead(file),
        data: { tipId: file.tipId },
        at: input.at,
      },
      actor,
    );
    return count;
  });
  let index = 0;
  const bytes = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await input.pace?.();
        const chunk = index < chunks ? await ground.store.read({ fileId, part, index }) : null;
        // A missing chunk ends the answer short; the browser sees that the file is not whole.
        if (chunk === null) return controller.close();
        index += 1;
        controller.enqueue(chunk);
      },
    },
    { highWaterMark: 0 },
  );
  return { chunks, bytes };
}

async function readableFile(tx: Tx, fileId: string, actor: StaffActor) {
  const [file] = await tx
    .select({
      tipId: tips.id,
      leadId: tips.leadId,
      spam: tips.spam,
      concernsOfficial: tips.concernsOfficial,
      chunks: tipFiles.chunks,
      copyChunks: tipFiles.copyChunks,
    })
    .from(tipFiles)
    .innerJoin(tips, eq(tips.id, tipFiles.tipId))
    .where(and(eq(tipFiles.id, fileId), eq(tipFiles.state, "stored")));
  if (file === undefined) throw notFound();
  const triage = hasRole(actor, "triage_officer");
  // Set apart as spam it is on no lead, and triage's alone; so is what accuses an official.
  if (file.leadId === null || file.concernsOfficial) {
    if (!triage) throw notFound();
  }
  if (file.leadId !== null) {
    const lead = await readLeadInScope(tx, file.leadId, actor);
    if (!(await readsTheTips(tx, lead.id, actor))) throw notFound();
  }
  return file;
}
