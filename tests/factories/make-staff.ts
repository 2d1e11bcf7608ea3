import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { agencies, passkeys, staff, staffRoles } from "~db/schema/staff";
import { createSoftwarePasskey, type SoftwarePasskey } from "~server/demo/software-passkey";
import type { StaffActor } from "~server/staff-auth/actor";
import type { Role } from "~server/staff-auth/roles";

export const OFFICE = {
  id: "t.office",
  packId: "t",
  slug: "office",
  name: "整治办",
  nameEn: "Rectification Office",
};

const NAME = "王一";

/** A person of the test office with live grants, straight into the tables. */
export async function addPerson(
  db: Database,
  person: { name?: string; roles?: readonly Role[]; isDemo?: boolean } = {},
): Promise<string> {
  await db.orm.insert(agencies).values(OFFICE).onConflictDoNothing();
  const id = uuidv7();
  await db.orm.insert(staff).values({
    id,
    displayName: person.name ?? NAME,
    agencyId: OFFICE.id,
    isDemo: person.isDemo ?? false,
  });
  for (const role of person.roles ?? [])
    await db.orm.insert(staffRoles).values({ id: uuidv7(), staffId: id, role });
  return id;
}

/** The actor a signed-in person would be, without going through a sign-in. */
export function actorFor(
  id: string,
  roles: readonly Role[],
  method: StaffActor["method"] = "passkey",
): StaffActor {
  return {
    kind: "staff",
    id,
    displayName: NAME,
    agencyId: OFFICE.id,
    agencyName: OFFICE.name,
    roles,
    method,
  };
}

/** An administrator with a row and an actor. */
export async function addAdministrator(db: Database): Promise<StaffActor> {
  return actorFor(await addPerson(db, { name: "管理员", roles: ["administrator"] }), ["administrator"]);
}

export type TestPerson = {
  readonly actor: StaffActor;
  readonly passkey: SoftwarePasskey;
  readonly passkeyId: string;
};

/** A person with live grants and one passkey, signed in by it. */
export async function makeStaff(
  db: Database,
  roles: readonly Role[],
  options: { isDemo?: boolean; seedKey?: boolean } = {},
): Promise<TestPerson> {
  const id = await addPerson(db, { roles, isDemo: options.isDemo });
  const passkey = createSoftwarePasskey();
  const passkeyId = uuidv7();
  await db.orm.insert(passkeys).values({
    id: passkeyId,
    staffId: id,
    credentialId: passkey.credentialId,
    publicKey: passkey.publicKey,
    ...(options.seedKey === true ? { kind: "seed", revokedAt: new Date() } : {}),
  });
  return { actor: actorFor(id, [...roles]), passkey, passkeyId };
}

/** The same person, looking around without a passkey. */
export function asDemo(person: TestPerson): StaffActor {
  return { ...person.actor, method: "demo" };
}
