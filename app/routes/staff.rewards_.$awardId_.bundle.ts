import type { LoaderFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { notFound } from "~server/errors.server";
import { exportApprovals } from "~server/rewards/export-approvals.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

/** The approval of an award as a file that verifies without a database. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  const awardId = z.uuid().safeParse(params.awardId);
  if (!awardId.success) throw refusalResponse(notFound());
  const bundle = await answerRefusals(
    exportApprovals(context.portal.db, { awardId: awardId.data }, actorOf(context)),
  );
  return new Response(JSON.stringify(bundle, null, 2), {
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "Content-Disposition": `attachment; filename="approval-${bundle.voucher.id}.json"`,
      "Cache-Control": "no-store",
    },
  });
}
