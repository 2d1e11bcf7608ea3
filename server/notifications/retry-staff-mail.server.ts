import { and, eq, inArray, sql } from "drizzle-orm";
import { validate } from "uuid";
import type { Database } from "~db/client.server";
import { staffMails } from "~db/schema/mail";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { checkAdministrator } from "~server/staff-auth/check-administrator.server";
import { refuseTrusted } from "~server/staff-auth/create-enrolment-link.server";
import { queueEnrolmentMail } from "./queue-enrolment-mail.server";

/**
 * Lets a mail to staff that did not leave, or whose fate is not known, wait again: an administrator's decision, since it
 * may arrive twice. An invitation whose person has another address by now goes there, as a mail of its own, under the
 * rules of a new link. Throws `mail_settled` (409) where it waits or was sent already, `operator_needed` (409),
 * `passkey_needed` (403); 404 for anyone else.
 */
export async function retryStaffMail(
  db: Database,
  input: { readonly mailId: string; readonly at: Date },
  actor: StaffActor,
): Promise<void> {
  await withActor(db, actor, async (tx) => {
    await checkAdministrator(tx, actor);
    const [mail] = validate(input.mailId)
      ? await tx
          .select({
            id: staffMails.id,
            kind: staffMails.kind,
            staffId: staffMails.staffId,
            data: staffMails.data,
            email: staff.email,
          })
          .from(staffMails)
          .innerJoin(staff, eq(staff.id, staffMails.staffId))
          .where(eq(staffMails.id, input.mailId))
      : [];
    if (mail === undefined) throw notFound();
    const meantFor = (mail.data as { to?: unknown }).to;
    if (mail.kind === "enrolment" && mail.email !== null && mail.email !== meantFor) {
      await refuseTrusted(tx, mail.staffId, actor);
      await queueEnrolmentMail(tx, { staffId: mail.staffId, email: mail.email, at: input.at });
    } else {
      const again = await tx
        .update(staffMails)
        // Of 重大 no row keeps more than a day (send-staff-mails).
        .set({
          status: "waiting",
          attempts: 0,
          nextAt: mail.kind === "major" ? sql`${staffMails.createdAt}` : input.at,
        })
        .where(and(eq(staffMails.id, mail.id), inArray(staffMails.status, ["unsent", "unknown"])))
        .returning({ id: staffMails.id });
      if (again.length === 0)
        throw new DomainError("mail_settled", 409, "这封邮件已经发出，或者正在等待发送，请刷新后查看。");
    }
    await recordEvent(
      tx,
      { action: "mail.again", subjectTable: "staff", subjectId: mail.staffId, at: input.at },
      actor,
    );
  });
}
