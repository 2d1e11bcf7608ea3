import { v4 as uuidv4 } from "uuid";
import { formText } from "~/forms/form-text";
import { OWN_INTENTS, WORDS_FIELD } from "~/forms/own-message";
import { makeActionToken } from "~server/intake/action-token.server";
import { readStatus } from "~server/intake/read-status.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import type {
  KeptWords,
  OpenedStatus,
  StatusAnswer,
  StatusRefusal,
  TypedWords,
} from "./act-on-status.server";
import { readOwnThread } from "./read-own-thread.server";

/** A little above the longest message. */
const KEPT_CHARACTERS = 40_000;
const SAYS_NOTHING = {
  refused: null,
  wrong: null,
  kept: null,
  sent: null,
  objection: null,
  typed: { message: "", reopen: "" },
} as const;

/** The page of a receipt, with what it has to say of the post it answers; `before` turns back in the talk. */
export async function showStatus(
  portal: Portal,
  receipt: Receipt,
  {
    before = null,
    ...over
  }: Partial<Pick<OpenedStatus, "refused" | "wrong" | "kept" | "sent" | "typed" | "objection">> & {
    readonly before?: string | null;
  } = {},
): Promise<StatusAnswer> {
  const said = { ...SAYS_NOTHING, ...over };
  const status = await readStatus(portal, { lookupId: lookupIdOf(receipt) });
  const thread = status?.kind === "tip" ? await readOwnThread(portal, { receipt, before }) : null;
  if (status?.kind !== "tip" || thread === null) {
    return refuseStatus({ typed: "", fault: { kind: "not_found" }, kept: said.kept });
  }
  // Nothing the page does not show leaves the server.
  const { tipId: _tipId, mode: _mode, ...shown } = status;
  return {
    status:
      said.refused !== null
        ? 409
        : said.wrong !== null || (said.objection?.fault ?? null) !== null
          ? 400
          : 200,
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

export function refuseStatus(
  refused: Pick<StatusRefusal, "typed" | "fault"> & Partial<Pick<StatusRefusal, "kept" | "work">>,
): { status: number; answer: StatusRefusal } {
  return { status: 400, answer: { kind: "refused", kept: null, work: null, ...refused } };
}

/** What stands in the boxes of the page, cut to what a form may bring back. */
export function typedWords(form: FormData): TypedWords {
  const words = (intent: keyof TypedWords) => formText(form, WORDS_FIELD[intent]).slice(0, KEPT_CHARACTERS);
  return { message: words("message"), reopen: words("reopen") };
}

/** Cut to what a form may bring back; null where nothing was typed. */
export function keptWords(intent: string, text: string): KeptWords | null {
  const own = OWN_INTENTS.find((one) => one === intent);
  return own === undefined || text.trim() === ""
    ? null
    : { intent: own, text: text.slice(0, KEPT_CHARACTERS) };
}
