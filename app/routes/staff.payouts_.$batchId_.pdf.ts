import type { LoaderFunctionArgs } from "@remix-run/node";
import { printBatch } from "~server/payouts/print-batch.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

/** The printed payout list of a batch. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  const { bytes, fileName } = await answerRefusals(
    printBatch(context.portal, params.batchId ?? "", actorOf(context)),
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
