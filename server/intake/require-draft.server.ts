import { data, redirect, type AppLoadContext } from "@remix-run/node";
import type { RawAnswers } from "~/forms/report";
import {
  NOTHING_CARRIED,
  hasAnswers,
  type AlreadySent,
  type Carried,
  type DraftEnded,
} from "~/forms/carried-answers";
import { chooseLanguage } from "~/i18n/choose-language";
import { detectLocale } from "~/i18n/locale";
import { preferNow } from "~/i18n/preference.server";
import { paths } from "~/paths";
import type { Portal } from "~server/portal.server";
import type { Receipt } from "~server/secrecy/receipt";
import { readDraftReceipt } from "./draft-cookie.server";
import { nameAnswers } from "./name-answers.server";
import { readDraft } from "./read-draft.server";

type Posted = {
  readonly context: AppLoadContext;
  readonly carried?: Carried;
  readonly intent?: string;
};

/**
 * The draft of this browser. Throws a redirect to the receipt once it is sent, and `sentAnswer` where a post brought
 * words. Where there is none, a page that is opened leads to the start, and a post is answered with `endedAnswer`,
 * which `carried` goes along with.
 */
export async function requireDraft(
  request: Request,
  portal: Portal,
  posted?: Posted,
): Promise<{ receipt: Receipt; raw: RawAnswers }> {
  const receipt = readDraftReceipt(request, portal);
  const state = receipt === null ? null : await readDraft(portal, { receipt });
  if (receipt === null || state === null) {
    throw posted === undefined ? redirect(paths.report()) : endedAnswer(posted);
  }
  if (state.kind === "submitted") {
    throw posted === undefined ? redirect(paths.reportDone()) : sentAnswer(request, portal, posted);
  }
  return { receipt, raw: state.raw };
}

/**
 * The 400 answer to a post whose draft cannot be reached: it asks for the receipt, and holds what was typed in the
 * page itself. Nothing typed enters an address or a cookie.
 */
export function endedAnswer({ context, carried = NOTHING_CARRIED, intent = "" }: Posted) {
  const cookie = preferNow(context, intent);
  const answer: DraftEnded = { kind: "draft_ended", carried, typed: "", fault: null, work: null };
  return data(answer, { status: 400, headers: cookie === null ? {} : { "Set-Cookie": cookie } });
}

/**
 * The answer to a post whose report was sent meanwhile: a redirect to the receipt, or where words came with it a 400
 * page that shows them, says that they went nowhere, and where they may go. Nothing typed enters an address or a cookie.
 */
export function sentAnswer(
  request: Request,
  { pack: { pack } }: Pick<Portal, "pack">,
  { context, carried = NOTHING_CARRIED, intent = "" }: Posted,
) {
  const { step, values } = carried;
  if (step === null || !hasAnswers(carried)) return redirect(paths.reportDone());
  const language = chooseLanguage(detectLocale(request, context));
  // The list that was ticked follows from a sector on another page, which is out of reach now.
  const names = pack.sectors.map(({ id }) =>
    nameAnswers(pack, { sector: { sector: id }, [step]: values }, language),
  );
  const cookie = preferNow(context, intent);
  const answer: AlreadySent = {
    kind: "already_sent",
    late: "words",
    step,
    values,
    names: Object.assign({}, ...names, nameAnswers(pack, { [step]: values }, language)) as Record<
      string,
      string
    >,
  };
  return data(answer, { status: 400, headers: cookie === null ? {} : { "Set-Cookie": cookie } });
}

/** The 400 answer to files, or to the removal of one, that come after the report was sent. Nothing of them is kept. */
export function lateAnswer(late: "files" | "removal", files: readonly string[] = []) {
  const answer: AlreadySent =
    late === "files" ? { kind: "already_sent", late, files } : { kind: "already_sent", late };
  return data(answer, { status: 400 });
}
