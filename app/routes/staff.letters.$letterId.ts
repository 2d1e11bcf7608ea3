import type { LoaderFunctionArgs } from "@remix-run/node";
import { printLetter } from "~server/handling/print-letter.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

/** The printed form of a letter. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  const { bytes, fileName } = await answerRefusals(
    printLetter(context.portal, params.letterId ?? "", actorOf(context)),
  );
  return new Response(new Uint8Array(bytes), {
    headers: {
      "Content-Type": "application/pdf",
      "Content-Disposition": `attachment; filename="${fileName}"`,
      "Content-Length": String(bytes.length),
      "Cache-Control": "no-store",
    },
  });
}
