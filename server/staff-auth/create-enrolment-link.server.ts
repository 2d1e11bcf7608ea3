import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7, validate } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { enrolmentLinks, passkeys, staff, staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { DomainError, notFound } from "~server/errors.server";
import type { Actor } from "./actor";
import { checkAdministrator } from "./check-administrator.server";
import { enrolmentUrl } from "./enrolment-url";
import { hashToken, makeToken } from "./make-token.server";
import { passkeyNeeded, personUnknown } from "./refusals.server";
import { needsTwoAdministrators } from "./roles";

/** Hours an enrolment link stays good unless told otherwise. */
export const LINK_HOURS = 72;

export type EnrolmentLink = { readonly link: string; readonly expiresAt: Date };

/**
 * Makes a one-time link by which `staffId` registers a passkey; older unused links of that person end. For an
 * administrator, for the person themselves (a second passkey), and for the portal (command line, demo seed).
 * `hours` counts from now, at most 30 days. Throws `person_unknown` (404), `person_suspended` (409),
 * `operator_needed` (409) for somebody enrolled whose role takes two administrators to give, `passkey_needed` (403) for
 * demo sessions, 404 for anyone else.
 */
export async function createEnrolmentLink(
  db: Database,
  input: { staffId: string; publicOrigin: string; clock: Clock; hours?: number },
  actor: Actor,
): Promise<EnrolmentLink> {
  return withActor(db, actor, async (tx) => {
    if (actor.kind === "reporter") throw notFound();
    if (actor.kind === "staff" && actor.id === input.staffId) {
      if (actor.method !== "passkey") throw passkeyNeeded();
    } else {
      await checkAdministrator(tx, actor);
      await refuseTrusted(tx, input.staffId, actor);
    }
    return insertEnrolmentLink(tx, { ...input, at: input.clock.now() }, actor);
  });
}

/** Throws `operator_needed` where one administrator alone must not have a link for this person. */
export async function refuseTrusted(tx: Tx, staffId: string, actor: Actor): Promise<void> {
  if (actor.kind === "staff" && (await isTrusted(tx, staffId))) throw operatorNeeded();
}

/**
 * Whether the person has had a passkey and holds a role that takes two administrators to give: who could give them
 * another passkey alone could act as them, and be two.
 */
async function isTrusted(tx: Tx, staffId: string): Promise<boolean> {
  if (!validate(staffId)) return false;
  const held = await tx
    .select({ role: staffRoles.role })
    .from(staffRoles)
    .where(and(eq(staffRoles.staffId, staffId), isNull(staffRoles.revokedAt)));
  if (!held.some(({ role }) => needsTwoAdministrators(role))) return false;
  const enrolled = await tx
    .select({ id: passkeys.id })
    .from(passkeys)
    .where(and(eq(passkeys.staffId, staffId), eq(passkeys.kind, "passkey")))
    .limit(1);
  return enrolled.length > 0;
}

function operatorNeeded(): DomainError {
  return new DomainError(
    "operator_needed",
    409,
    "这位工作人员的职务须由两位管理员授予，管理员一人不能给其补发登记链接。请运维人员在服务器上用 admin:enrol 补发。",
  );
}

/** The same inside a caller's transaction that has already checked who asks. */
export async function insertEnrolmentLink(
  tx: Tx,
  input: { staffId: string; publicOrigin: string; at: Date; hours?: number },
  actor: Actor,
): Promise<EnrolmentLink> {
  const hours = input.hours ?? LINK_HOURS;
  if (!(hours > 0 && hours <= 720)) throw new RangeError("an enrolment link lasts up to 720 hours");
  const [person] = validate(input.staffId)
    ? await tx.select({ status: staff.status }).from(staff).where(eq(staff.id, input.staffId)).for("update")
    : [];
  if (person === undefined) throw personUnknown();
  if (person.status !== "active")
    throw new DomainError("person_suspended", 409, "这位工作人员已停用，请先恢复再发登记链接。");
  await endEnrolmentLinks(tx, input.staffId, input.at);
  const token = makeToken();
  const id = uuidv7();
  const expiresAt = new Date(input.at.getTime() + hours * 3_600_000);
  await tx.insert(enrolmentLinks).values({
    id,
    staffId: input.staffId,
    tokenHash: hashToken(token),
    createdBy: actor.kind === "staff" ? actor.id : null,
    createdAt: input.at,
    expiresAt,
  });
  await recordEvent(
    tx,
    {
      action: "staff.enrolment_link_created",
      subjectTable: "staff",
      subjectId: input.staffId,
      data: { expiresAt: expiresAt.toISOString() },
      at: input.at,
    },
    actor,
  );
  return { link: enrolmentUrl(input.publicOrigin, token), expiresAt };
}

/** Ends a person's unused links now. A link made this very millisecond lasts one more: its end follows its start. */
export async function endEnrolmentLinks(tx: Tx, staffId: string, at: Date): Promise<void> {
  await tx
    .update(enrolmentLinks)
    .set({
      expiresAt: sql`greatest(${at.toISOString()}::timestamptz, ${enrolmentLinks.createdAt} + interval '1 millisecond')`,
    })
    .where(
      and(
        eq(enrolmentLinks.staffId, staffId),
        isNull(enrolmentLinks.usedAt),
        gt(enrolmentLinks.expiresAt, at),
      ),
    );
}
