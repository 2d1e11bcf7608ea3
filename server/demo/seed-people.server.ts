import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { passkeys, staff, staffRoles } from "~db/schema/staff";
import type { StaffActor } from "~server/staff-auth/actor";
import type { DemoPerson } from "./demo-grammar";
import { createSoftwarePasskey, type SoftwarePasskey } from "./software-passkey";

/** A demo person as the story needs them: who acts, and what they sign their history with. */
export type Cast = ReadonlyMap<string, { readonly actor: StaffActor; readonly key: SoftwarePasskey }>;

/**
 * Puts the demo people in, one role each. Each gets a throw-away key in software that is born revoked: what it signs
 * while this process seeds stays verifiable, and nobody can sign with it again.
 */
export async function seedPeople(
  tx: Tx,
  input: {
    people: readonly DemoPerson[];
    packId: string;
    agencyNames: ReadonlyMap<string, string>;
    at: Date;
  },
): Promise<Cast> {
  const cast = new Map<string, { actor: StaffActor; key: SoftwarePasskey }>();
  for (const person of input.people) {
    const id = uuidv7();
    const agencyId = `${input.packId}.${person.agency}`;
    await tx
      .insert(staff)
      .values({ id, displayName: person.name, agencyId, isDemo: true, createdAt: input.at });
    await tx.insert(staffRoles).values({ id: uuidv7(), staffId: id, role: person.role, grantedAt: input.at });
    const key = createSoftwarePasskey();
    await tx.insert(passkeys).values({
      id: uuidv7(),
      staffId: id,
      credentialId: key.credentialId,
      publicKey: key.publicKey,
      kind: "seed",
      createdAt: input.at,
      revokedAt: input.at,
    });
    cast.set(person.id, {
      key,
      actor: {
        kind: "staff",
        id,
        displayName: person.name,
        agencyId,
        agencyName: input.agencyNames.get(agencyId) ?? person.agency,
        roles: [person.role],
        method: "passkey",
      },
    });
  }
  return cast;
}

/** The member of the cast the story names; the grammar and its tests keep such names honest. */
export function castMember(cast: Cast, id: string) {
  const member = cast.get(id);
  if (member === undefined) throw new Error(`the story names nobody called ${id}`);
  return member;
}
