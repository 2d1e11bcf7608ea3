import { redirect, type ActionFunctionArgs } from "@remix-run/node";
import { formText } from "~/forms/form-text";
import { paths } from "~/paths";
import { DomainError } from "~server/errors.server";
import { readActionToken } from "~server/intake/action-token.server";
import { readForm } from "~server/intake/read-form.server";
import { printOwnDecision } from "~server/rewards/print-decision.server";

/** Somebody who types the address, or comes back to it, asks for the receipt first. */
export const loader = () => redirect(paths.status());

/**
 * Answers the post with the informant's own 奖励决定书: no receipt and no award enters an address. The token is sealed by
 * the portal and opens for whoever opened /status with the receipt, at most 30 minutes ago.
 */
export async function action({ request, context }: ActionFunctionArgs) {
  const { portal } = context;
  const form = await readForm(request);
  const receipt = readActionToken(portal, formText(form, "token"));
  if (receipt === null) return redirect(paths.status());
  try {
    const awardId = formText(form, "award");
    const { bytes, fileName } = await printOwnDecision(portal, { receipt, awardId });
    return new Response(new Uint8Array(bytes), {
      headers: {
        "Content-Type": "application/pdf",
        "Content-Disposition": `attachment; filename="${fileName}"`,
        "Content-Length": String(bytes.length),
        "Cache-Control": "no-store",
      },
    });
  } catch (error) {
    if (error instanceof DomainError) return redirect(paths.status());
    throw error;
  }
}
