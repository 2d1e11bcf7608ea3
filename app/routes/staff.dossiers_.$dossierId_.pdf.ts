import type { LoaderFunctionArgs } from "@remix-run/node";
import { printDossier } from "~server/dossiers/print-dossier.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

/** The printed form of a dossier. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  const { bytes, fileName } = await answerRefusals(
    printDossier(context.portal, params.dossierId ?? "", actorOf(context)),
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
