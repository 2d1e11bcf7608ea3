import type { LoaderFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { streamFile } from "~server/evidence/stream-file.server";
import { SEALED_CHUNK_BYTES } from "~server/secrecy/file-format";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({ part: z.enum(["original", "copy"]).catch("copy") });

/** A file's sealed chunks, for the page that opens them; never its bytes. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { db, clock, evidence } = context.portal;
  const { part } = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const { chunks, bytes } = await answerRefusals(
    streamFile(
      { db, store: evidence.store },
      { fileId: params.fileId ?? "", part, at: clock.now(), pace: context.pace },
      actorOf(context),
    ),
  );
  return new Response(bytes, {
    headers: {
      "Content-Type": "application/octet-stream",
      "Content-Length": String(chunks * SEALED_CHUNK_BYTES),
      "Cache-Control": "no-store",
    },
  });
}
