import { hasAnswers, readCarried, type Carried, type DraftEnded } from "~/forms/carried-answers";
import { formText } from "~/forms/form-text";
import { paths } from "~/paths";
import { actOnStatus } from "~server/messages/act-on-status.server";
import type { Portal } from "~server/portal.server";
import { createReceipt, type Receipt } from "~server/secrecy/receipt";
import { readDraftReceipt } from "./draft-cookie.server";
import { readDraft } from "./read-draft.server";
import { saveDraft } from "./save-draft.server";
import { saveStep } from "./save-step.server";
import type { Sender } from "./weigh-senders.server";

export type Resumed =
  /** Go on there; with `receipt` in the cookie, null where the browser keeps the one it has. */
  | { readonly to: string; readonly receipt: Receipt | null }
  | { readonly status: number; readonly answer: DraftEnded };

/** What /status reads to look a receipt up, and the work asked of who mistypes many. */
const LOOK_UP = ["receipt", "challenge", "solution", "question", "answer"] as const;

/**
 * Answers a post of the page that ran out: the typed receipt's draft takes what was carried, or `begin` puts it into a
 * new one. Receipts are looked up as /status does, and wrong ones weigh as much.
 */
export async function resumeDraft(
  portal: Portal,
  input: {
    readonly request: Request;
    readonly form: FormData;
    readonly guesses: Sender;
    readonly sender: Sender;
  },
): Promise<Resumed> {
  const { form, guesses } = input;
  const carried = readCarried(form);
  if (formText(form, "intent") === "begin") return begin(portal, input, carried);
  const asked = new FormData();
  for (const name of LOOK_UP) if (form.has(name)) asked.set(name, formText(form, name));
  const files = { receipt: null, stored: [], refused: [], fault: null };
  const found = await actOnStatus(portal, { form: asked, files, guesses });
  if ("draft" in found) {
    const to = await putInto(portal, found.draft, carried);
    if (to !== null) return { to, receipt: found.draft };
  }
  const typed = formText(form, "receipt").slice(0, 400);
  const ended = { kind: "draft_ended", carried, typed } as const;
  if (!("draft" in found) && found.answer.kind === "refused") {
    const { fault, work } = found.answer;
    return { status: found.status, answer: { ...ended, fault, work } };
  }
  return { status: 400, answer: { ...ended, fault: { kind: "sent" }, work: null } };
}

/**
 * A draft this browser holds meanwhile is not thrown away: pressed twice, the button begins once. Nor is the receipt of
 * a report just sent: what was carried stays in its page until that receipt is written down.
 */
async function begin(
  portal: Portal,
  { request, sender }: { readonly request: Request; readonly sender: Sender },
  carried: Carried,
): Promise<Resumed> {
  const held = readDraftReceipt(request, portal);
  const state = held === null ? null : await readDraft(portal, { receipt: held });
  if (held !== null && state !== null) {
    const to = state.kind === "draft" ? await putInto(portal, held, carried) : null;
    if (to !== null) return { to, receipt: null };
    if (!hasAnswers(carried)) return { to: paths.reportDone(), receipt: null };
    const answer = {
      kind: "draft_ended",
      carried,
      typed: "",
      fault: { kind: "unread" },
      work: null,
    } as const;
    return { status: 400, answer };
  }
  const receipt = createReceipt();
  sender.count();
  // Who was asked for a name and a number had chosen to give them.
  const named = carried.step === "identity" || carried.step === "contact";
  await saveDraft(portal.db, {
    receipt,
    raw: named ? { mode: { mode: "named" } } : {},
    at: portal.clock.now(),
  });
  return { to: (await putInto(portal, receipt, carried)) ?? paths.report(), receipt };
}

/** The page to go on with, or null where the draft was sent or has gone meanwhile. */
async function putInto(portal: Portal, receipt: Receipt, carried: Carried): Promise<string | null> {
  const { step, from, values } = carried;
  if (step === null) return carried.files ? paths.reportStep("evidence") : paths.reportOverview();
  const { kind } = await saveStep(portal, { receipt, step, values });
  if (kind === "not_asked") return paths.reportOverview();
  if (kind !== "saved") return null;
  if (from === "check") return paths.reportChange(step);
  return from === "overview" ? paths.reportFromOverview(step) : paths.reportStep(step);
}
