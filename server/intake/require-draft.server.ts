import { redirect } from "@remix-run/node";
import type { RawAnswers } from "~/forms/report";
import { paths } from "~/paths";
import type { Portal } from "~server/portal.server";
import type { Receipt } from "~server/secrecy/receipt";
import { readDraftReceipt } from "./draft-cookie.server";
import { readDraft } from "./read-draft.server";

/** The draft of this browser. Throws a redirect: to the start where there is none, to the receipt once it is sent. */
export async function requireDraft(
  request: Request,
  portal: Portal,
): Promise<{ receipt: Receipt; raw: RawAnswers }> {
  const receipt = readDraftReceipt(request, portal);
  const state = receipt === null ? null : await readDraft(portal, { receipt });
  if (receipt === null || state === null) throw redirect(paths.report());
  if (state.kind === "submitted") throw redirect(paths.reportDone());
  return { receipt, raw: state.raw };
}
