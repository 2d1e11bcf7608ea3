import { createHash } from "node:crypto";
import { CLAIM_INTENTS, CLAIM_VIEWS } from "~/forms/claim";
import { formText } from "~/forms/form-text";
import {
  OWN_INTENTS,
  WORDS_FIELD,
  filesMessageSchema,
  ownMessageSchema,
  type MessageFault,
  type OwnIntent,
} from "~/forms/own-message";
import { OBJECTION_CHARACTERS, objectionSchema, type ObjectionFault } from "~/forms/objection";
import { parseForm } from "~/forms/parse-form";
import { readView, type View } from "~/forms/status-view";
import { isPreference } from "~/i18n/preference.server";
import { actOnClaim, type ClaimPage } from "~server/claims/act-on-claim.server";
import { DomainError } from "~server/errors.server";
import type { FileMeta } from "~server/evidence/file-meta";
import { attachFiles } from "~server/evidence/send-files.server";
import { makeActionToken, readActionToken } from "~server/intake/action-token.server";
import { judgeWork, type WorkVerdict } from "~server/intake/judge-work.server";
import { makeWork, type WorkAsked } from "~server/intake/make-work.server";
import { readStatus, type TipStatus } from "~server/intake/read-status.server";
import type { Sender } from "~server/intake/weigh-senders.server";
import { withdrawTip } from "~server/intake/withdraw-tip.server";
import type { Portal } from "~server/portal.server";
import { acceptAward } from "~server/rewards/accept-award.server";
import { stateObjection } from "~server/rewards/state-objection.server";
import { reporterActor } from "~server/staff-auth/actor";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import {
  createReceipt,
  isReceipt,
  readReceipt,
  type Receipt,
  type ReceiptFault,
} from "~server/secrecy/receipt";
import { readOwnMessage, type OwnMessagePart } from "./read-own-message.server";
import type { OwnThread } from "./read-own-thread.server";
import type { MessageFiles, RefusedFile } from "./receive-message.server";
import { keptWords, refuseStatus, showStatus, typedWords } from "./show-status.server";
import { writeOwnMessage, type SentFiles } from "./write-own-message.server";

/** Words typed on a page that then ran out: carried beside the receipt's box, so that nothing is lost. */
export type KeptWords = { readonly intent: OwnIntent; readonly text: string };

export type WrittenFault = {
  readonly intent: OwnIntent;
  readonly fault: MessageFault;
  /** Of `files`: each that was not taken. */
  readonly files: readonly RefusedFile[];
};

export type StatusRefusal = {
  readonly kind: "refused";
  readonly typed: string;
  /** null where nothing is wrong but the work is asked first. */
  readonly fault:
    Exclude<ReceiptFault, { kind: "unreadable" }> | { readonly kind: "not_found" | "expired" } | null;
  readonly kept: KeptWords | null;
  readonly work: { readonly work: WorkAsked; readonly asked: AskedWork | null } | null;
};
type AskedWork = Omit<Extract<WorkVerdict, { kind: "ask" }>, "kind" | "work">;

export type OpenedStatus = {
  readonly kind: "status";
  readonly status: Omit<TipStatus, "tipId" | "mode">;
  readonly thread: OwnThread;
  readonly token: string;
  /** A fresh random id for each form drawn: what makes a double submit one message. */
  readonly formId: string;
  readonly refused: "accept" | "withdraw" | "claim" | null;
  readonly wrong: WrittenFault | null;
  readonly kept: KeptWords | null;
  /** What stands in the boxes of the page, by the intent each is of; it goes along with whatever is pressed. */
  readonly typed: TypedWords;
  readonly sent: OwnIntent | "claim" | null;
  /** What became of an objection just sent: what is wrong with it and what was typed, or that it was taken. */
  readonly objection: SentObjection | null;
};

export type SentObjection = {
  readonly awardId: string;
  readonly fault: ObjectionFault | null;
  readonly text: string;
  readonly ground: string;
};

export type TypedWords = Readonly<Record<OwnIntent, string>>;

/** One message on a page of its own. */
export type ShownMessage = {
  readonly kind: "message";
  readonly message: OwnMessagePart;
  readonly token: string;
  readonly typed: TypedWords;
};

export type StatusAnswer =
  | { readonly status: number; readonly answer: StatusRefusal | OpenedStatus }
  | { readonly status: 200; readonly answer: AskedToWithdraw | ShownMessage | { readonly kind: "withdrawn" } }
  | { readonly status: number; readonly answer: ClaimPage }
  /** The receipt is a draft's. */
  | { readonly draft: Receipt };

type AskedToWithdraw = Pick<TipStatus, "subjectName" | "stage" | "timeline"> & {
  readonly kind: "withdraw";
  readonly token: string;
};

/**
 * Answers one POST of /status: opens what the typed receipt opens, or does what a form of the opened page asks and
 * opens it again. Nothing outlives the answer but the page's own token (decision 015).
 */
export async function actOnStatus(
  portal: Portal,
  input: { readonly form: FormData; readonly files: MessageFiles; readonly guesses: Sender },
): Promise<StatusAnswer> {
  const { form, files } = input;
  const pressed = formText(form, "intent");
  // A button of the header: the page comes again as it was, in the language or size asked for.
  const intent = isPreference(pressed) ? viewOf(form) : pressed;
  const own = OWN_INTENTS.find((one) => one === intent);
  if (own !== undefined) return write(portal, { form, files }, own);
  if (intent === "accept") return accept(portal, form);
  const claiming = CLAIM_INTENTS.find((one) => one === intent);
  if (claiming !== undefined) return actOnClaim(portal, form, claiming);
  if (intent === "object") return object(portal, form);
  if (["ask-withdraw", "keep", "withdraw"].includes(intent)) return withdraw(portal, form, intent);
  const view = readView(intent);
  if (view !== null) return look(portal, form, view);
  if (intent === "form") return { ...refuseStatus({ ...asTyped(form), fault: null }), status: 200 };
  return lookUp(portal, input);
}

/** What the page a header button stands on shows, as the intent that shows it; never one that changes anything. */
function viewOf(form: FormData): string {
  if (!form.has("token")) return "form";
  const view = formText(form, "view");
  return view === "ask-withdraw" || CLAIM_VIEWS.includes(view) || readView(view) !== null ? view : "messages";
}

/** Pages of the talk; each carries what stands in the boxes. */
async function look(portal: Portal, form: FormData, view: View): Promise<StatusAnswer> {
  const receipt = readActionToken(portal, formText(form, "token"));
  const typed = typedWords(form);
  if (receipt === null) {
    const intent = typed.message.trim() === "" ? "reopen" : "message";
    return refuseStatus({ typed: "", fault: { kind: "expired" }, kept: keptWords(intent, typed[intent]) });
  }
  if (view.kind === "message") {
    const message = await readOwnMessage(portal, { receipt, ...view });
    if (message !== null) {
      const token = makeActionToken(portal, receipt);
      return { status: 200, answer: { kind: "message", message, token, typed } };
    }
  }
  return showStatus(portal, receipt, { typed, before: view.kind === "thread" ? view.before : null });
}

/** What was typed where no receipt has opened anything yet. */
function asTyped(form: FormData): Pick<StatusRefusal, "typed" | "kept"> {
  return {
    typed: formText(form, "receipt").slice(0, 400),
    kept: keptWords(formText(form, "keptIntent"), formText(form, "keptText")),
  };
}

async function lookUp(
  portal: Portal,
  { form, guesses }: { readonly form: FormData; readonly guesses: Sender },
): Promise<StatusAnswer> {
  const { typed, kept } = asTyped(form);
  const read = readReceipt(typed);
  if (!isReceipt(read) && read.kind !== "unreadable") return refuseStatus({ typed, fault: read, kept });
  const work = await workDue(portal, { typed, form, guesses });
  if (work !== null) {
    const wrong = work.asked !== null && work.asked.why !== "unsolved";
    return { ...refuseStatus({ typed, fault: null, kept, work }), status: wrong ? 400 : 200 };
  }
  // A wrong checksum derives and asks the database like an unknown receipt does, so that both take as long.
  const receipt = isReceipt(read) ? read : createReceipt();
  const status = await readStatus(portal, { lookupId: lookupIdOf(receipt) });
  if (status === null || !isReceipt(read)) {
    guesses.count();
    return refuseStatus({ typed, fault: { kind: "not_found" }, kept });
  }
  if (status.kind === "draft") return { draft: receipt };
  return showStatus(portal, receipt, { kept });
}

/** What a sender of many wrong receipts is asked before the next is looked up, right or wrong; null for nothing. */
async function workDue(
  portal: Portal,
  input: { readonly typed: string; readonly form: FormData; readonly guesses: Sender },
): Promise<StatusRefusal["work"]> {
  const level = input.guesses.level();
  if (level === 0) return null;
  // Bound to what was typed: work done once does not look up many.
  const lookupId = createHash("sha256").update(`status|${input.typed}`).digest();
  const verdict = await judgeWork(portal, { lookupId, level, form: input.form });
  if (verdict.kind === "ask") {
    const { work, why, answer, wait } = verdict;
    return { work, asked: { why, answer, wait } };
  }
  // Skipped without our form; after three answers that miss nobody is kept out by a sum.
  if (verdict.kind === "skipped" && !input.form.has("question")) {
    return { work: await makeWork(portal, { lookupId, level }), asked: null };
  }
  return null;
}

async function write(
  portal: Portal,
  { form, files }: { readonly form: FormData; readonly files: MessageFiles },
  intent: OwnIntent,
): Promise<StatusAnswer> {
  const receipt = files.receipt ?? readActionToken(portal, formText(form, "token"));
  // As typed: what is wrong with it is the reporter's to mend.
  const words = typedWords(form);
  const kept = keptWords(intent, words[intent]);
  const typed = { ...words, [intent]: "" };
  if (receipt === null) return refuseStatus({ typed: "", fault: { kind: "expired" }, kept });
  const { stored } = files;
  const takesFiles = intent === "message" && stored.length > 0;
  const asked = new FormData();
  asked.set("formId", formText(form, "formId"));
  asked.set("text", formText(form, WORDS_FIELD[intent]));
  const parsed = parseForm(takesFiles ? filesMessageSchema : ownMessageSchema, asked);
  const wrong = (fault: MessageFault) =>
    showStatus(portal, receipt, { wrong: { intent, fault, files: files.refused }, kept, typed });
  if (files.fault !== null) return wrong(files.fault);
  // Nothing is sent by halves: the reporter chooses anew, or does without.
  if (files.refused.length > 0) return wrong("files");
  if (!parsed.ok) return wrong((parsed.errors.text ?? parsed.errors.formId ?? "again") as MessageFault);
  try {
    await writeOwnMessage(portal, {
      receipt,
      ...parsed.value,
      kind: intent === "reopen" ? "reopen" : "text",
      ...(takesFiles ? { files: sentFiles(receipt, stored) } : {}),
    });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const fault = FAULTS[error.code];
    return fault === undefined
      ? refuseStatus({ typed: "", fault: { kind: "not_found" }, kept })
      : wrong(fault);
  }
  return showStatus(portal, receipt, { sent: intent, typed });
}

function sentFiles(receipt: Receipt, files: readonly FileMeta[]): SentFiles {
  const lookupId = lookupIdOf(receipt);
  return { described: files, attach: (tx, to) => attachFiles(tx, { lookupId, ...to, files }) };
}

const FAULTS: Readonly<Record<string, MessageFault>> = {
  too_many_messages: "tooMany",
  too_many_files: "tooManyFiles",
  wish_waiting: "waiting",
  not_closed: "notClosed",
  no_tip_keys: "noKeys",
};

/** The award is accepted in the name of whoever opened this page with the receipt, at most 30 minutes ago. */
async function accept(portal: Portal, form: FormData): Promise<StatusAnswer> {
  const receipt = readActionToken(portal, formText(form, "token"));
  if (receipt === null) return refuseStatus({ typed: "", fault: { kind: "expired" } });
  const status = await readStatus(portal, { lookupId: lookupIdOf(receipt) });
  if (status?.kind !== "tip") return refuseStatus({ typed: "", fault: { kind: "not_found" } });
  const award = status.awards.find(({ id }) => id === form.get("award"));
  if (award === undefined) return showStatus(portal, receipt, { refused: "accept" });
  try {
    const reporter = reporterActor(lookupIdOf(receipt));
    await acceptAward(portal.db, { tipId: status.tipId, awardId: award.id }, reporter, portal.clock);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return showStatus(portal, receipt, { refused: "accept" });
  }
  return showStatus(portal, receipt);
}

/** 异议: in the name of whoever opened the page with the receipt. What was typed stands again where it is refused. */
async function object(portal: Portal, form: FormData): Promise<StatusAnswer> {
  const receipt = readActionToken(portal, formText(form, "token"));
  if (receipt === null) return refuseStatus({ typed: "", fault: { kind: "expired" } });
  const asked = new FormData();
  for (const name of ["formId", "award", "ground"]) asked.set(name, formText(form, name));
  asked.set("text", formText(form, "objection"));
  const parsed = parseForm(objectionSchema, asked);
  const awardId = formText(form, "award");
  const text = formText(form, "objection").slice(0, OBJECTION_CHARACTERS * 2);
  const ground = formText(form, "ground").slice(0, 20);
  const wrong = (fault: ObjectionFault) =>
    showStatus(portal, receipt, { objection: { awardId, fault, text, ground } });
  if (!parsed.ok) return wrong((parsed.errors.ground ?? parsed.errors.text ?? "again") as ObjectionFault);
  try {
    const { award, ...rest } = parsed.value;
    await stateObjection(portal, { receipt, awardId: award, ...rest });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return wrong(OBJECTION_FAULTS[error.code] ?? "late");
  }
  return showStatus(portal, receipt, { objection: { awardId, fault: null, text: "", ground: "" } });
}

const OBJECTION_FAULTS: Readonly<Record<string, ObjectionFault>> = {
  objection_open: "open",
  objection_late: "late",
  too_many_messages: "tooMany",
  no_tip_keys: "noKeys",
};

/** 撤回, in two steps: what it means, then the act. Both are in the name of whoever opened the page with the receipt. */
async function withdraw(portal: Portal, form: FormData, intent: string): Promise<StatusAnswer> {
  const receipt = readActionToken(portal, formText(form, "token"));
  if (receipt === null) return refuseStatus({ typed: "", fault: { kind: "expired" } });
  if (intent === "keep") return showStatus(portal, receipt);
  const lookupId = lookupIdOf(receipt);
  if (intent === "ask-withdraw") {
    const status = await readStatus(portal, { lookupId });
    if (status?.kind !== "tip") return refuseStatus({ typed: "", fault: { kind: "not_found" } });
    const { subjectName, stage, timeline } = status;
    const token = makeActionToken(portal, receipt);
    return { status: 200, answer: { kind: "withdraw", subjectName, stage, timeline, token } };
  }
  try {
    await withdrawTip(portal, { lookupId });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return showStatus(portal, receipt, { refused: "withdraw" });
  }
  return { status: 200, answer: { kind: "withdrawn" } };
}
