import type { LoaderFunctionArgs } from "@remix-run/node";
import { printDecision } from "~server/rewards/print-decision.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

/** 奖励决定书 as PDF. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  const { bytes, fileName } = await answerRefusals(
    printDecision(context.portal, { awardId: params.awardId ?? "" }, actorOf(context)),
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
