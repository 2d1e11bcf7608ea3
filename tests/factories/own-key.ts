import { randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import type { PostedWrap } from "~/forms/own-keys";
import { agreedTo } from "~/forms/step-up-subjects";
import type { Database } from "~db/client.server";
import type { Clock } from "~server/clock";
import { toBase64url } from "~server/secrecy/format";
import { makeKeyPair } from "~server/secrecy/hpke";
import { makePersonalKey } from "~server/secrecy/make-personal-key.server";
import { wrapPersonalKey, type WrapMethod } from "~server/secrecy/personal-key";
import type { StaffActor } from "~server/staff-auth/actor";
import type { SoftwareAuthenticator } from "~tests/setup/software-authenticator";
import { SITE, touch } from "./enrol-staff";

export type TestKey = {
  readonly id: string;
  readonly publicKey: string;
  readonly privateKey: Uint8Array;
  readonly code: Uint8Array;
  readonly prf: Uint8Array;
};

/** A key pair as a browser makes it, with secrets of its own. */
export async function newKey(): Promise<TestKey> {
  const pair = await makeKeyPair();
  return {
    id: uuidv7(),
    publicKey: toBase64url(pair.publicKey),
    privateKey: pair.privateKey,
    code: randomBytes(32),
    prf: randomBytes(32),
  };
}

/** The key wrapped as a browser posts it. */
export async function postedWrap(key: TestKey, method: WrapMethod, secret: Uint8Array): Promise<PostedWrap> {
  const made = await wrapPersonalKey(key.privateKey, { method, secret, personalKeyId: key.id });
  return { salt: toBase64url(made.salt), body: toBase64url(made.body) };
}

/** What the browser posts to keep a key, with the proof given. */
export async function keyRequest(key: TestKey, stepUp: unknown, clock: Clock) {
  return {
    keyId: key.id,
    publicKey: key.publicKey,
    code: await postedWrap(key, "recovery_code", key.code),
    passkey: await postedWrap(key, "passkey", key.prf),
    stepUp,
    relyingParty: SITE,
    clock,
  };
}

/** What the touch that keeps a key agrees to. */
export function personalKeyOf({ id, publicKey }: Pick<TestKey, "id" | "publicKey">) {
  return agreedTo.personalKey({ keyId: id, publicKey });
}

/** A person's key, made by their passkey's touch. */
export async function makeOwnKey(
  db: Database,
  person: { key: SoftwareAuthenticator; actor: StaffActor },
  clock: Clock,
): Promise<TestKey> {
  const made = await newKey();
  const proof = await touch(db, person.key, personalKeyOf(made), person.actor, clock);
  await makePersonalKey(db, await keyRequest(made, proof, clock), person.actor);
  return made;
}
