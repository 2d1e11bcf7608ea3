import type { LoaderFunctionArgs } from "@remix-run/node";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { printSlip } from "~server/windows/print-window.server";

/** 付款凭单 of one payment at a window. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  const slip = params.slip ?? "";
  const { pdf } = await answerRefusals(printSlip(context.portal.db, { slip }, actorOf(context)));
  return new Response(new Uint8Array(pdf), {
    headers: {
      "Content-Type": "application/pdf",
      "Content-Disposition": `attachment; filename="pingdan-${slip}.pdf"`,
      "Cache-Control": "no-store",
    },
  });
}
