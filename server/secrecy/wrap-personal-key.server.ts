import { v7 as uuidv7 } from "uuid";
import type { PostedWrap } from "~/forms/own-keys";
import type { StepUpRequest } from "~/forms/step-up";
import { agreedTo } from "~/forms/step-up-subjects";
import type { Database, Tx } from "~db/client.server";
import { personalKeyWraps } from "~db/schema/keys";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import type { StaffActor } from "~server/staff-auth/actor";
import type { RelyingParty } from "~server/staff-auth/relying-party";
import { requireStepUp } from "~server/staff-auth/step-up.server";
import { endWraps, readWrap, requireOwnKey, requireOwnPasskey } from "./own-key.server";

type Input = {
  readonly keyId: string;
  readonly wrap: PostedWrap;
  readonly stepUp: unknown;
  readonly relyingParty: RelyingParty;
  readonly clock: Clock;
};

/**
 * Lets the passkey that proves the step-up (`key.wrap` on the key's id) unlock the person's key: the wrap is stored
 * for that passkey and no other, in place of an earlier one of it. Throws `key_changed` (409) and the refusals of
 * `requireStepUp`.
 */
export async function wrapForPasskey(db: Database, input: Input, actor: StaffActor): Promise<void> {
  const { passkeyId } = await prove(db, agreedTo.passkeyWrap(input.keyId), input, actor);
  const at = input.clock.now();
  await withActor(db, actor, async (tx) => {
    await requireOwnKey(tx, input.keyId, actor);
    await requireOwnPasskey(tx, passkeyId, actor);
    await storePasskeyWrap(tx, { keyId: input.keyId, passkeyId, wrap: input.wrap, at }, actor);
  });
}

/**
 * Puts a new recovery code's wrap in place of the old one, which opens nothing from then on. The step-up is `key.code`
 * on the key's id: a touch for one is none for the other. The same refusals.
 */
export async function renewRecoveryCode(db: Database, input: Input, actor: StaffActor): Promise<void> {
  await prove(db, agreedTo.recoveryCode(input.keyId), input, actor);
  const at = input.clock.now();
  await withActor(db, actor, async (tx) => {
    const { keyId } = input;
    await requireOwnKey(tx, keyId, actor);
    await endWraps(tx, { keyId, under: "recovery_code", at });
    await storeWrap(tx, { keyId, passkeyId: null, wrap: input.wrap, at }, actor);
  });
}

/** Stores a passkey's wrap inside a transaction that has checked key and passkey. */
export async function storePasskeyWrap(
  tx: Tx,
  input: { keyId: string; passkeyId: string; wrap: PostedWrap; at: Date },
  actor: StaffActor,
): Promise<void> {
  await endWraps(tx, { keyId: input.keyId, under: { passkeyId: input.passkeyId }, at: input.at });
  await storeWrap(tx, input, actor);
}

function prove(
  db: Database,
  agreed: StepUpRequest,
  { stepUp, relyingParty, clock }: Input,
  actor: StaffActor,
): Promise<{ passkeyId: string }> {
  return requireStepUp(db, { ...agreed, proof: stepUp, relyingParty, clock }, actor);
}

async function storeWrap(
  tx: Tx,
  input: { keyId: string; passkeyId: string | null; wrap: PostedWrap; at: Date },
  actor: StaffActor,
): Promise<void> {
  const { salt, body } = readWrap(input.wrap);
  const method = input.passkeyId === null ? "recovery_code" : "passkey";
  await tx.insert(personalKeyWraps).values({
    id: uuidv7(),
    personalKeyId: input.keyId,
    method,
    passkeyId: input.passkeyId,
    salt: Buffer.from(salt),
    body: Buffer.from(body),
    madeAt: input.at,
  });
  await recordEvent(
    tx,
    {
      action: "keys.wrapped",
      subjectTable: "staff",
      subjectId: actor.id,
      data: { personalKeyId: input.keyId, under: method, passkeyId: input.passkeyId },
      at: input.at,
    },
    actor,
  );
}
