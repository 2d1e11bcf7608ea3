import { data } from "@remix-run/node";
import { chooseLanguage } from "~/i18n/choose-language";
import { detectLocale } from "~/i18n/locale";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import { listHotlines } from "~server/packs/list-hotlines";
import type { Portal } from "~server/portal.server";
import { isOpenForReports } from "~server/secrecy/read-role-keys.server";
import { REPORTER } from "~server/staff-auth/actor";
import { readDraftReceipt } from "./draft-cookie.server";
import { readDraft } from "./read-draft.server";

/** What the page says instead of a question while the office has no keys. */
export type NotOpen = {
  readonly kind: "not_open";
  /** A draft begun earlier is still there. */
  readonly kept: boolean;
  readonly hotlines: ReturnType<typeof listHotlines>;
};

/** Whether reports can be sealed, so that they may be taken. */
export function isOpen(portal: Portal): Promise<boolean> {
  return withActor(portal.db, REPORTER, isOpenForReports);
}

/** Throws the 503 answer that says the portal takes no reports yet, and what to do meanwhile. */
export async function requireOpen(request: Request, portal: Portal): Promise<void> {
  if (!(await isOpen(portal))) throw await notOpenAnswer(request, portal);
}

export async function notOpenAnswer(request: Request, portal: Portal) {
  const receipt = readDraftReceipt(request, portal);
  const state = receipt === null ? null : await readDraft(portal, { receipt });
  const language = chooseLanguage(detectLocale(request));
  const answer: NotOpen = {
    kind: "not_open",
    kept: state?.kind === "draft",
    hotlines: listHotlines(portal.pack.pack, chinaDay(portal.clock.now()), language),
  };
  return data(answer, { status: 503 });
}
