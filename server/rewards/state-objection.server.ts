import { and, eq } from "drizzle-orm";
import { v4 as uuidv4 } from "uuid";
import type { Tx } from "~db/client.server";
import { awardObjections } from "~db/schema/assessments";
import { awards } from "~db/schema/rewards";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { addWorkingDays } from "~server/clocks/business-calendar";
import { readCalendar } from "~server/clocks/read-calendar.server";
import { databaseFault, notFound } from "~server/errors.server";
import { writeOwnMessage } from "~server/messages/write-own-message.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import { reporterActor } from "~server/staff-auth/actor";
import { assessmentRefusal } from "./assessment-refusals.server";
import { ANSWER_DAYS, OBJECTION_DAYS, type ObjectionGround } from "./objection-rules";

/**
 * 异议: the informant's words are sealed as a message to who holds the tip (secrecy.md); that they object, to what and on
 * which day is plain, so that finance sees it and the award stands still. One form sent twice is one objection. Throws
 * `not_found` (another tip's award), `objection_late`, `objection_open`, and what writeOwnMessage throws.
 */
export async function stateObjection(
  portal: Pick<Portal, "db" | "clock">,
  input: {
    readonly receipt: Receipt;
    readonly awardId: string;
    readonly ground: ObjectionGround;
    /** The random id the form carried. */
    readonly formId: string;
    /** 1 to 20 000 characters, cleaned. */
    readonly text: string;
  },
): Promise<{ outcome: "written" | "already" }> {
  const { receipt, formId, text } = input;
  const also = (tx: Tx, to: { readonly tipId: string; readonly messageId: string }) =>
    keepObjection(tx, { ...input, ...to }, portal);
  // So that who opens the thread sees at once what the message is.
  const words = `【对奖励的异议】\n${text}`;
  return writeOwnMessage(portal, { receipt, formId, kind: "text", text: words, also }).catch(
    (error: unknown) => {
      const { constraint } = databaseFault(error);
      if (constraint === "award_objections_open_uq") throw assessmentRefusal("objection_open");
      if (constraint === "award_objections_late") throw assessmentRefusal("objection_late");
      throw error;
    },
  );
}

async function keepObjection(
  tx: Tx,
  stated: {
    readonly receipt: Receipt;
    readonly awardId: string;
    readonly ground: ObjectionGround;
    readonly tipId: string;
    readonly messageId: string;
  },
  { clock }: Pick<Portal, "clock">,
): Promise<void> {
  const { tipId, messageId, ground } = stated;
  const [award] = await tx
    .select()
    .from(awards)
    .where(and(eq(awards.id, stated.awardId), eq(awards.tipId, tipId)))
    .for("update");
  if (award === undefined) throw notFound();
  const at = clock.now();
  const statedOn = chinaDay(at);
  const { calendar } = await readCalendar(tx);
  const { acceptedOn } = award;
  const inTime =
    award.status === "approved" ||
    (award.status === "accepted" &&
      acceptedOn !== null &&
      statedOn <= addWorkingDays(calendar, acceptedOn, OBJECTION_DAYS));
  if (!inTime) throw assessmentRefusal("objection_late");
  const id = uuidv4();
  await tx.insert(awardObjections).values({
    ...{ id, awardId: award.id, leadId: award.leadId, tipId, ground, messageId, statedOn },
    dueOn: addWorkingDays(calendar, statedOn, ANSWER_DAYS),
  });
  await recordEvent(
    tx,
    { action: "award.objected", subjectTable: "awards", subjectId: award.id, leadId: award.leadId, at },
    reporterActor(lookupIdOf(stated.receipt)),
  );
}
