import { data, redirect, type AppLoadContext } from "@remix-run/node";
import type { RawAnswers } from "~/forms/report";
import { NOTHING_CARRIED, type Carried, type DraftEnded } from "~/forms/carried-answers";
import { preferNow } from "~/i18n/preference.server";
import { paths } from "~/paths";
import type { Portal } from "~server/portal.server";
import type { Receipt } from "~server/secrecy/receipt";
import { readDraftReceipt } from "./draft-cookie.server";
import { readDraft } from "./read-draft.server";

/**
 * The draft of this browser. Throws a redirect to the receipt once it is sent. Where there is none, a page that is
 * opened leads to the start, and a post is answered with `endedAnswer`, which `carried` goes along with.
 */
export async function requireDraft(
  request: Request,
  portal: Portal,
  posted?: { readonly context: AppLoadContext; readonly carried?: Carried; readonly intent?: string },
): Promise<{ receipt: Receipt; raw: RawAnswers }> {
  const receipt = readDraftReceipt(request, portal);
  const state = receipt === null ? null : await readDraft(portal, { receipt });
  if (receipt === null || state === null) {
    throw posted === undefined ? redirect(paths.report()) : endedAnswer(posted);
  }
  if (state.kind === "submitted") throw redirect(paths.reportDone());
  return { receipt, raw: state.raw };
}

/**
 * The 400 answer to a post whose draft cannot be reached: it asks for the receipt, and holds what was typed in the
 * page itself. Nothing typed enters an address or a cookie.
 */
export function endedAnswer({
  context,
  carried = NOTHING_CARRIED,
  intent = "",
}: {
  readonly context: AppLoadContext;
  readonly carried?: Carried;
  readonly intent?: string;
}) {
  const cookie = preferNow(context, intent);
  const answer: DraftEnded = { kind: "draft_ended", carried, typed: "", fault: null, work: null };
  return data(answer, { status: 400, headers: cookie === null ? {} : { "Set-Cookie": cookie } });
}
