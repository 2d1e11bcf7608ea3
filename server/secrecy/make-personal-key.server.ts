import { and, eq, gt } from "drizzle-orm";
import type { PostedWrap } from "~/forms/own-keys";
import { agreedTo } from "~/forms/step-up-subjects";
import type { Database, Tx } from "~db/client.server";
import { personalKeys } from "~db/schema/keys";
import { enrolmentLinks } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { DomainError } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import type { RelyingParty } from "~server/staff-auth/relying-party";
import { requireStepUp } from "~server/staff-auth/step-up.server";
import { fromBase64url } from "./format";
import { findOwnKey, lockPerson, readWrap, requireOwnPasskey, type OwnKey } from "./own-key.server";
import { retirePersonalKey } from "./retire-personal-key.server";
import { storePersonalKey } from "./store-keys.server";

/**
 * Keeps the personal key a browser has just made: its public half, wrapped under the recovery code and, where the
 * passkey gave a PRF output, under the passkey that proved the step-up (`key.personal` on the new key). A person
 * has one key at a time: a second one is taken only from somebody who came back by a new enrolment link since the first
 * was made, and retires it. Throws `key_exists` (409) and the refusals of `requireStepUp`.
 */
export async function makePersonalKey(
  db: Database,
  input: {
    keyId: string;
    publicKey: string;
    code: PostedWrap;
    passkey: PostedWrap | null;
    stepUp: unknown;
    relyingParty: RelyingParty;
    clock: Clock;
  },
  actor: StaffActor,
): Promise<{ keyId: string }> {
  const { keyId, relyingParty, clock } = input;
  const { passkeyId } = await requireStepUp(
    db,
    { ...(await agreedTo.personalKey(input)), proof: input.stepUp, relyingParty, clock },
    actor,
  );
  const at = clock.now();
  return withActor(db, actor, async (tx) => {
    await lockPerson(tx, actor.id);
    await requireOwnPasskey(tx, passkeyId, actor);
    const taken = await tx
      .select({ id: personalKeys.id })
      .from(personalKeys)
      .where(eq(personalKeys.id, keyId));
    const old = await findOwnKey(tx, actor.id);
    if (taken.length > 0 || (old !== null && !(await mayReplace(tx, old, actor)))) throw keyExists();
    if (old !== null) await retirePersonalKey(tx, { keyId: old.id, staffId: actor.id, at }, actor);
    await storePersonalKey(tx, {
      id: keyId,
      staffId: actor.id,
      publicKey: fromBase64url(input.publicKey),
      wraps: [
        { method: "recovery_code", passkeyId: null, ...readWrap(input.code) },
        ...(input.passkey === null
          ? []
          : [{ method: "passkey" as const, passkeyId, ...readWrap(input.passkey) }]),
      ],
      at,
    });
    await recordEvent(
      tx,
      {
        action: "keys.personal_made",
        subjectTable: "staff",
        subjectId: actor.id,
        data: { personalKeyId: keyId, unlocks: input.passkey === null ? ["code"] : ["code", "passkey"] },
        at,
      },
      actor,
    );
    return { keyId };
  });
}

/** Whether the person came back by an enrolment link since their key was made: they may have lost all that opens it. */
export async function mayReplace(tx: Tx, key: OwnKey, person: { readonly id: string }): Promise<boolean> {
  const used = await tx
    .select({ id: enrolmentLinks.id })
    .from(enrolmentLinks)
    .where(and(eq(enrolmentLinks.staffId, person.id), gt(enrolmentLinks.usedAt, key.madeAt)))
    .limit(1);
  return used.length > 0;
}

function keyExists(): DomainError {
  return new DomainError(
    "key_exists",
    409,
    "您已经有个人密钥。如果通行密钥和恢复码都丢了，请先向管理员要一个新的登记链接，登记后再重新建立。",
  );
}
