import { and, eq, isNull } from "drizzle-orm";
import type { PostedWrap } from "~/forms/own-keys";
import type { Tx } from "~db/client.server";
import { personalKeyWraps, personalKeys } from "~db/schema/keys";
import { passkeys, staff } from "~db/schema/staff";
import { DomainError, notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { fromBase64url } from "./format";

/**
 * Holds a person's row until the transaction ends, so that two changes to their keys or passkeys are made in turn.
 * 404 for the suspended.
 */
export async function lockPerson(tx: Tx, staffId: string): Promise<void> {
  const [person] = await tx
    .select({ status: staff.status })
    .from(staff)
    .where(eq(staff.id, staffId))
    .for("update");
  if (person?.status !== "active") throw notFound();
}

export type OwnKey = { readonly id: string; readonly madeAt: Date };

/** A person's live key, or null. */
export async function findOwnKey(tx: Tx, staffId: string): Promise<OwnKey | null> {
  const [key] = await tx
    .select({ id: personalKeys.id, madeAt: personalKeys.madeAt })
    .from(personalKeys)
    .where(and(eq(personalKeys.staffId, staffId), isNull(personalKeys.retiredAt)));
  return key ?? null;
}

/** Refuses (`key_changed`, 409) when `keyId` is not the actor's live key: theirs was replaced, or it is somebody else's. */
export async function requireOwnKey(tx: Tx, keyId: string, actor: StaffActor): Promise<void> {
  await lockPerson(tx, actor.id);
  const key = await findOwnKey(tx, actor.id);
  if (key?.id !== keyId)
    throw new DomainError("key_changed", 409, "您的个人密钥已经换过。请刷新这一页，用新的密钥再做这一步。");
}

/** Refuses (404) when the passkey is no longer the actor's to use. */
export async function requireOwnPasskey(tx: Tx, passkeyId: string, actor: StaffActor): Promise<void> {
  const own = await tx
    .select({ id: passkeys.id })
    .from(passkeys)
    .where(
      and(
        eq(passkeys.id, passkeyId),
        eq(passkeys.staffId, actor.id),
        eq(passkeys.kind, "passkey"),
        isNull(passkeys.revokedAt),
      ),
    );
  if (own.length === 0) throw notFound();
}

/** Ends the live wraps of a key under one passkey, or under its recovery code. */
export async function endWraps(
  tx: Tx,
  input: { keyId: string; under: { passkeyId: string } | "recovery_code" | "all"; at: Date },
): Promise<void> {
  const { under } = input;
  await tx
    .update(personalKeyWraps)
    .set({ revokedAt: input.at })
    .where(
      and(
        eq(personalKeyWraps.personalKeyId, input.keyId),
        isNull(personalKeyWraps.revokedAt),
        under === "all"
          ? undefined
          : under === "recovery_code"
            ? eq(personalKeyWraps.method, "recovery_code")
            : eq(personalKeyWraps.passkeyId, under.passkeyId),
      ),
    );
}

/** The bytes of a posted wrap. */
export function readWrap(wrap: PostedWrap): { salt: Uint8Array; body: Uint8Array } {
  return { salt: fromBase64url(wrap.salt), body: fromBase64url(wrap.body) };
}
