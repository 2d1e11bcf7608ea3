import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { agencies, staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { DomainError } from "~server/errors.server";
import type { Actor } from "./actor";
import { checkAdministrator } from "./check-administrator.server";
import { insertEnrolmentLink, type EnrolmentLink } from "./create-enrolment-link.server";
import { insertGrant } from "./grant-role.server";
import { administratorApart, sayRoleRefusals } from "./refusals.server";
import { insertRoleRequest } from "./request-role.server";
import { BARRED_FOR_ADMINISTRATORS, needsTwoAdministrators, type Role } from "./roles";

export type NewPerson = {
  readonly displayName: string;
  readonly agencyId: string;
  readonly roles: readonly Role[];
  /** The portal alone, and in a demonstration: gives every role at once. */
  readonly grantAll?: boolean;
  readonly clock: Clock;
};

/**
 * Adds a person with their roles and a one-time enrolment link (good for 72 hours), all or nothing. Roles that two
 * administrators give are only asked for; `requested` names them. Administrators and the command line only. Throws `name_invalid`, `agency_unknown`, `role_missing` (400), `administrator_apart`
 * (409), `passkey_needed` (403); 404 for anyone else.
 */
export async function inviteStaff(
  db: Database,
  input: NewPerson & { readonly publicOrigin: string },
  actor: Actor,
): Promise<EnrolmentLink & { readonly staffId: string; readonly requested: readonly Role[] }> {
  const { publicOrigin, clock } = input;
  return sayRoleRefusals(
    withActor(db, actor, async (tx) => {
      const added = await addPerson(tx, input, actor);
      const at = clock.now();
      return {
        ...added,
        ...(await insertEnrolmentLink(tx, { staffId: added.staffId, publicOrigin, at }, actor)),
      };
    }),
  );
}

/** The person and their roles alone, inside a caller's transaction; who asks is checked here. */
export async function addPerson(
  tx: Tx,
  input: NewPerson,
  actor: Actor,
): Promise<{ readonly staffId: string; readonly requested: readonly Role[] }> {
  const displayName = input.displayName.normalize("NFC").trim();
  const length = [...displayName].length;
  if (length < 1 || length > 60 || /\p{Cc}/u.test(displayName))
    throw new DomainError("name_invalid", 400, "请填写姓名，1 到 60 个字。");
  const roles = [...new Set(input.roles)];
  if (roles.length === 0) throw new DomainError("role_missing", 400, "请至少选择一个职务。");
  const at = input.clock.now();
  await checkAdministrator(tx, actor);
  const [agency] = await tx.select({ id: agencies.id }).from(agencies).where(eq(agencies.id, input.agencyId));
  if (agency === undefined)
    throw new DomainError("agency_unknown", 400, "没有找到这个单位，请从列表中选择。");
  const staffId = uuidv7();
  await tx.insert(staff).values({ id: staffId, displayName, agencyId: agency.id, createdAt: at });
  await recordEvent(
    tx,
    {
      action: "staff.invited",
      subjectTable: "staff",
      subjectId: staffId,
      data: { agency: agency.id },
      at,
    },
    actor,
  );
  // An operator names the first administrators; everything else that needs two waits for an administrator's answer.
  const requested =
    input.grantAll === true && actor.kind === "system"
      ? []
      : roles.filter(
          (role) => needsTwoAdministrators(role) && !(role === "administrator" && actor.kind === "system"),
        );
  if (roles.includes("administrator") && roles.some((role) => BARRED_FOR_ADMINISTRATORS.includes(role)))
    throw administratorApart();
  for (const role of roles)
    if (requested.includes(role)) await insertRoleRequest(tx, { staffId, role, at }, actor);
    else await insertGrant(tx, { staffId, role, requestedBy: null, at }, actor);
  return { staffId, requested };
}
