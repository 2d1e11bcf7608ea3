import { z } from "zod";
import { bankAnswerSchema, cancelBatchSchema, freezeSchema, lineSchema, sendSchema } from "~/forms/payout";
import { paths } from "~/paths";
import { carryOut, type FormOutcome } from "~server/clocks/carry-out.server";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { agreeNotSent, markUnknown, sayNotSent } from "./decide-line.server";
import { freezeBatch } from "./freeze-batch.server";
import { cancelBatch, sendBatch } from "./move-batch.server";
import { readBatch } from "./read-batch.server";

/** Carries out the posted form of the list's page: a new batch. */
export async function actOnPayouts(portal: Portal, form: FormData, actor: StaffActor): Promise<FormOutcome> {
  return carryOut({ form, schema: freezeSchema, intent: "freeze" }, async (value) => {
    const { batchId } = await freezeBatch(portal.db, value, actor, portal.clock);
    return `${paths.staff.payoutBatch(batchId)}?done=frozen`;
  });
}

/** Carries out one posted form of a batch's page. */
export async function actOnBatch(
  { db, clock }: Portal,
  batchId: string,
  form: FormData,
  actor: StaffActor,
): Promise<FormOutcome> {
  await readBatch(db, batchId, actor);
  const to = (done: string) => `${paths.staff.payoutBatch(batchId)}?done=${done}`;
  const intent = z
    .enum(["send", "cancel", "unknown", "say", "agree"])
    .catch("send")
    .parse(form.get("intent"));
  const of = ["lineId"];
  switch (intent) {
    case "send":
      return carryOut({ form, schema: sendSchema, intent }, async ({ fileId }) => {
        await sendBatch(db, { batchId, fileId }, actor, clock);
        return to("sent");
      });
    case "cancel":
      return carryOut({ form, schema: cancelBatchSchema, intent: "batch-cancel" }, async ({ reason }) => {
        await cancelBatch(db, { batchId, reason }, actor, clock);
        return to("cancelled");
      });
    case "unknown":
      return carryOut({ form, schema: lineSchema, intent, of }, async (value) => {
        await markUnknown(db, value, actor, clock);
        return to("unknown");
      });
    case "say":
      return carryOut({ form, schema: bankAnswerSchema, intent, of }, async (value) => {
        await sayNotSent(db, value, actor, clock);
        return to("said");
      });
    case "agree":
      return carryOut({ form, schema: lineSchema, intent, of }, async (value) => {
        await agreeNotSent(db, value, actor, clock);
        return to("agreed");
      });
  }
}
