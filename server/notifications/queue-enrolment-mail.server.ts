import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { staffMails } from "~db/schema/mail";

/**
 * Has a person's enrolment link sent to an address, after the caller's transaction. The row holds
 * nothing that opens anything: the link is made while its mail is sent.
 */
export async function queueEnrolmentMail(
  tx: Tx,
  input: { readonly staffId: string; readonly email: string; readonly at: Date },
): Promise<void> {
  const id = uuidv7();
  await tx.insert(staffMails).values({
    id,
    staffId: input.staffId,
    kind: "enrolment",
    // Where it was meant to go: an address changed later, by whomever, does not turn it.
    data: { to: input.email },
    // Each invitation is a cause of its own.
    causeKey: id,
    createdAt: input.at,
    nextAt: input.at,
  });
}
