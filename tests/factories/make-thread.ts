import { v4 as uuidv4 } from "uuid";
import type { RawAnswers } from "~/forms/report";
import { saveDraft } from "~server/intake/save-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { listThread } from "~server/messages/list-thread.server";
import { writeToReporter, type StaffKind } from "~server/messages/write-to-reporter.server";
import { writeOwnMessage } from "~server/messages/write-own-message.server";
import type { Portal } from "~server/portal.server";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { createReceipt, type Receipt } from "~server/secrecy/receipt";
import { openForStaff, sealForReporter, type MessageToStore } from "~server/secrecy/staff-message";
import type { StaffActor } from "~server/staff-auth/actor";
import { reportAnswers } from "./report-answers";

/** A report and the receipt its reporter holds. */
export async function reportWithReceipt(
  portal: Portal,
  over: RawAnswers = {},
): Promise<{ receipt: Receipt; tipId: string; leadId: string }> {
  const receipt = createReceipt();
  await saveDraft(portal.db, { receipt, raw: reportAnswers(over), at: portal.clock.now() });
  const { tipId } = await submitTip(portal, { receipt, language: "zh-CN" });
  const { rows } = await portal.db.pool.query<{ leadId: string | null }>(
    `select lead_id as "leadId" from tips where id = $1`,
    [tipId],
  );
  return { receipt, tipId, leadId: rows[0]?.leadId ?? "" };
}

/** What a reporter's form does. */
export function sayAsReporter(
  portal: Portal,
  receipt: Receipt,
  text: string,
  over: { kind?: "text" | "reopen"; formId?: string } = {},
) {
  return writeOwnMessage(portal, { receipt, formId: uuidv4(), kind: "text", text, ...over });
}

/** Words sealed to a tip's reporter as a staff browser seals them. */
export async function sealAs(
  portal: Portal,
  of: { leadId: string; tipId: string },
  text: string,
  who: { actor: StaffActor; keyring: OpenKeyring },
): Promise<MessageToStore> {
  const thread = await listThread(portal.db, { ...of, before: null }, who.actor);
  const sealed = await sealForReporter(
    {
      message: { id: uuidv4(), tipId: of.tipId, direction: "out" },
      content: { text },
      keys: thread.keys,
      replyKey: thread.replyKey ?? "",
    },
    who.keyring.roleKeys,
  );
  if (sealed === null) throw new Error("this person does not open the report");
  return sealed;
}

/** Staff write to a reporter: sealed, then kept. */
export async function sayAsStaff(
  portal: Portal,
  of: { leadId: string; tipId: string },
  text: string,
  who: { actor: StaffActor; keyring: OpenKeyring },
  kind: StaffKind = "text",
): Promise<MessageToStore> {
  const sealed = await sealAs(portal, of, text, who);
  await writeToReporter(portal.db, { ...of, kind, sealed, at: portal.clock.now() }, who.actor);
  return sealed;
}

/** A thread as somebody reads it in their browser: texts, or the state each stays in. */
export async function readAsStaff(
  portal: Portal,
  of: { leadId: string; tipId: string },
  who: { actor: StaffActor; keyring: OpenKeyring },
): Promise<string[]> {
  const thread = await listThread(portal.db, { ...of, before: null }, who.actor);
  return Promise.all(
    thread.messages.map(async ({ id, direction, suite, body, enc, key }) => {
      const message = { id, tipId: thread.tipId, direction };
      const opened = await openForStaff(
        { state: "sealed", message, suite, body, enc, key, keys: thread.keys },
        who.keyring.roleKeys,
      );
      return opened.state === "open" ? opened.content.text : opened.state;
    }),
  );
}
