import { createHash } from "node:crypto";
import { v4 as uuidv4 } from "uuid";
import { formText } from "~/forms/form-text";
import {
  OWN_INTENTS,
  filesMessageSchema,
  ownMessageSchema,
  type MessageFault,
  type OwnIntent,
} from "~/forms/own-message";
import { parseForm } from "~/forms/parse-form";
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
import { reporterActor } from "~server/staff-auth/actor";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import {
  createReceipt,
  isReceipt,
  readReceipt,
  type Receipt,
  type ReceiptFault,
} from "~server/secrecy/receipt";
import { readOwnThread, type OwnThread } from "./read-own-thread.server";
import type { MessageFiles, RefusedFile } from "./receive-message.server";
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
  readonly status: Omit<TipStatus, "tipId">;
  readonly thread: OwnThread;
  readonly token: string;
  /** A fresh random id for each form drawn: what makes a double submit one message. */
  readonly formId: string;
  readonly refused: "accept" | "withdraw" | null;
  readonly wrong: WrittenFault | null;
  readonly kept: KeptWords | null;
  readonly sent: OwnIntent | null;
};

export type StatusAnswer =
  | { readonly status: number; readonly answer: StatusRefusal | OpenedStatus }
  | { readonly status: 200; readonly answer: AskedToWithdraw | { readonly kind: "withdrawn" } }
  /** The receipt is a draft's. */
  | { readonly draft: Receipt };

type AskedToWithdraw = Pick<TipStatus, "subjectName" | "stage" | "timeline"> & {
  readonly kind: "withdraw";
  readonly token: string;
};

const NOTHING = { refused: null, wrong: null, kept: null, sent: null } as const;

/**
 * Answers one POST of /status: opens what the typed receipt opens, or does what a form of the opened page asks and
 * opens it again. Nothing outlives the answer but the page's own token (decision 015).
 */
export async function actOnStatus(
  portal: Portal,
  input: { readonly form: FormData; readonly files: MessageFiles; readonly guesses: Sender },
): Promise<StatusAnswer> {
  const { form, files } = input;
  const intent = formText(form, "intent");
  const own = OWN_INTENTS.find((one) => one === intent);
  if (own !== undefined) return write(portal, { form, files }, own);
  if (intent === "accept") return accept(portal, form);
  if (["ask-withdraw", "keep", "withdraw"].includes(intent)) return withdraw(portal, form, intent);
  return lookUp(portal, input);
}

async function lookUp(
  portal: Portal,
  { form, guesses }: { readonly form: FormData; readonly guesses: Sender },
): Promise<StatusAnswer> {
  const typed = formText(form, "receipt").slice(0, 400);
  const kept = keptWords(formText(form, "keptIntent"), formText(form, "keptText"));
  const read = readReceipt(typed);
  if (!isReceipt(read) && read.kind !== "unreadable") return refuse({ typed, fault: read, kept });
  const work = await workDue(portal, { typed, form, guesses });
  if (work !== null) {
    const wrong = work.asked !== null && work.asked.why !== "unsolved";
    return { ...refuse({ typed, fault: null, kept, work }), status: wrong ? 400 : 200 };
  }
  // A wrong checksum derives and asks the database like an unknown receipt does, so that both take as long.
  const receipt = isReceipt(read) ? read : createReceipt();
  const status = await readStatus(portal, { lookupId: lookupIdOf(receipt) });
  if (status === null || !isReceipt(read)) {
    guesses.count();
    return refuse({ typed, fault: { kind: "not_found" }, kept });
  }
  if (status.kind === "draft") return { draft: receipt };
  return show(portal, receipt, { ...NOTHING, kept });
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
  const kept = keptWords(intent, formText(form, "text"));
  if (receipt === null) return refuse({ typed: "", fault: { kind: "expired" }, kept });
  const { stored } = files;
  const takesFiles = intent === "message" && stored.length > 0;
  const parsed = parseForm(takesFiles ? filesMessageSchema : ownMessageSchema, form);
  const wrong = (fault: MessageFault) =>
    show(portal, receipt, { ...NOTHING, wrong: { intent, fault, files: files.refused }, kept });
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
    return fault === undefined ? refuse({ typed: "", fault: { kind: "not_found" }, kept }) : wrong(fault);
  }
  return show(portal, receipt, { ...NOTHING, sent: intent });
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
  if (receipt === null) return refuse({ typed: "", fault: { kind: "expired" } });
  const status = await readStatus(portal, { lookupId: lookupIdOf(receipt) });
  if (status?.kind !== "tip") return refuse({ typed: "", fault: { kind: "not_found" } });
  const award = status.awards.find(({ id }) => id === form.get("award"));
  if (award === undefined) return show(portal, receipt, { ...NOTHING, refused: "accept" });
  try {
    const reporter = reporterActor(lookupIdOf(receipt));
    await acceptAward(portal.db, { tipId: status.tipId, awardId: award.id }, reporter, portal.clock);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return show(portal, receipt, { ...NOTHING, refused: "accept" });
  }
  return show(portal, receipt);
}

/** 撤回, in two steps: what it means, then the act. Both are in the name of whoever opened the page with the receipt. */
async function withdraw(portal: Portal, form: FormData, intent: string): Promise<StatusAnswer> {
  const receipt = readActionToken(portal, formText(form, "token"));
  if (receipt === null) return refuse({ typed: "", fault: { kind: "expired" } });
  if (intent === "keep") return show(portal, receipt);
  const lookupId = lookupIdOf(receipt);
  if (intent === "ask-withdraw") {
    const status = await readStatus(portal, { lookupId });
    if (status?.kind !== "tip") return refuse({ typed: "", fault: { kind: "not_found" } });
    const { subjectName, stage, timeline } = status;
    const token = makeActionToken(portal, receipt);
    return { status: 200, answer: { kind: "withdraw", subjectName, stage, timeline, token } };
  }
  try {
    await withdrawTip(portal, { lookupId });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return show(portal, receipt, { ...NOTHING, refused: "withdraw" });
  }
  return { status: 200, answer: { kind: "withdrawn" } };
}

async function show(
  portal: Portal,
  receipt: Receipt,
  said: Pick<OpenedStatus, "refused" | "wrong" | "kept" | "sent"> = NOTHING,
): Promise<StatusAnswer> {
  const status = await readStatus(portal, { lookupId: lookupIdOf(receipt) });
  const thread = status?.kind === "tip" ? await readOwnThread(portal, { receipt }) : null;
  if (status?.kind !== "tip" || thread === null) {
    return refuse({ typed: "", fault: { kind: "not_found" }, kept: said.kept });
  }
  // Nothing the page does not show leaves the server.
  const { tipId: _tipId, ...shown } = status;
  return {
    status: said.refused !== null ? 409 : said.wrong !== null ? 400 : 200,
    answer: {
      kind: "status",
      status: shown,
      thread,
      token: makeActionToken(portal, receipt),
      formId: uuidv4(),
      ...said,
    },
  };
}

function refuse(
  refused: Pick<StatusRefusal, "typed" | "fault"> & Partial<Pick<StatusRefusal, "kept" | "work">>,
): { status: number; answer: StatusRefusal } {
  return { status: 400, answer: { kind: "refused", kept: null, work: null, ...refused } };
}

/** Cut to what a form may bring back, a little above the longest message; null where nothing was typed. */
function keptWords(intent: string, text: string): KeptWords | null {
  const own = OWN_INTENTS.find((one) => one === intent);
  return own === undefined || text.trim() === "" ? null : { intent: own, text: text.slice(0, 40_000) };
}
