import { eq } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { enrolmentLinks } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { DomainError } from "~server/errors.server";
import { GATE, type StaffActor } from "./actor";
import { loadStaffActor } from "./load-staff-actor.server";
import { hashToken, isToken } from "./make-token.server";

export type OpenLink = { readonly id: string; readonly expiresAt: Date; readonly person: StaffActor };

/**
 * What the enrolment page shows: whose link it is and until when (UTC). Throws `enrolment_link_unknown` (404),
 * `enrolment_link_used` or `enrolment_link_expired` (410), each with what to do next. 256 random bits cannot be
 * probed, so telling them apart costs nothing.
 */
export async function readEnrolmentLink(
  db: Database,
  input: { token: string; clock: Clock },
): Promise<OpenLink> {
  return withActor(db, GATE, (tx) =>
    findEnrolmentLink(tx, { token: input.token, at: input.clock.now(), lock: false }),
  );
}

/** The same inside a transaction; `lock` makes a second user of the link wait and then see it used. */
export async function findEnrolmentLink(
  tx: Tx,
  input: { token: string; at: Date; lock: boolean },
): Promise<OpenLink> {
  const query = tx
    .select()
    .from(enrolmentLinks)
    .where(eq(enrolmentLinks.tokenHash, hashToken(input.token)));
  const [link] = isToken(input.token) ? await (input.lock ? query.for("update") : query) : [];
  if (link === undefined)
    throw new DomainError(
      "enrolment_link_unknown",
      404,
      "没有这个登记链接。请检查是否完整复制，或者向管理员要一个新的。",
    );
  if (link.usedAt !== null)
    throw new DomainError(
      "enrolment_link_used",
      410,
      "这个登记链接已经用过了。请直接登录；要再登记一把，请向管理员要新的链接。",
    );
  const person = await loadStaffActor(tx, link.staffId, "passkey");
  if (person === null || link.expiresAt.getTime() <= input.at.getTime()) throw linkExpired();
  return { id: link.id, expiresAt: link.expiresAt, person };
}

export function linkExpired(): DomainError {
  return new DomainError("enrolment_link_expired", 410, "这个登记链接已经失效，请向管理员要一个新的。");
}
