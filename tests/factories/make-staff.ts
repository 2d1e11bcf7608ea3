import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { agencies, passkeys, staff, staffRoles } from "~db/schema/staff";
import { createSoftwarePasskey, type SoftwarePasskey } from "~server/demo/software-passkey";
import type { StaffActor } from "~server/staff-auth/actor";
import type { Role } from "~server/staff-auth/roles";

export const AGENCY = "t.office";

export type TestPerson = {
  readonly actor: StaffActor;
  readonly passkey: SoftwarePasskey;
  readonly passkeyId: string;
};

/** A member of staff with live grants and one passkey, signed in by passkey. */
export async function makeStaff(
  db: Database,
  roles: readonly Role[],
  options: { isDemo?: boolean; seedKey?: boolean } = {},
): Promise<TestPerson> {
  const id = uuidv7();
  await db.orm
    .insert(agencies)
    .values({ id: AGENCY, packId: "t", slug: "office", name: "领导小组办公室", nameEn: "Leading office" })
    .onConflictDoNothing();
  await db.orm
    .insert(staff)
    .values({ id, displayName: "测试人员", agencyId: AGENCY, isDemo: options.isDemo ?? false });
  for (const role of roles) await db.orm.insert(staffRoles).values({ id: uuidv7(), staffId: id, role });
  const passkey = createSoftwarePasskey();
  const passkeyId = uuidv7();
  await db.orm.insert(passkeys).values({
    id: passkeyId,
    staffId: id,
    credentialId: passkey.credentialId,
    publicKey: passkey.publicKey,
    ...(options.seedKey === true ? { kind: "seed", revokedAt: new Date() } : {}),
  });
  const actor: StaffActor = {
    kind: "staff",
    id,
    displayName: "测试人员",
    agencyId: AGENCY,
    agencyName: "领导小组办公室",
    roles: [...roles],
    method: "passkey",
  };
  return { actor, passkey, passkeyId };
}

/** The same person, looking around without a passkey. */
export function asDemo(person: TestPerson): StaffActor {
  return { ...person.actor, method: "demo" };
}
