import { and, asc, desc, eq, isNull } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { personalKeyWraps } from "~db/schema/keys";
import { passkeys } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { mayReplace } from "~server/secrecy/make-personal-key.server";
import { findOwnKey } from "~server/secrecy/own-key.server";
import type { WrapMethod } from "~server/secrecy/personal-key";
import type { StaffActor } from "./actor";
import { listSessions, type OpenSession } from "./list-sessions.server";

export type OwnPasskey = {
  readonly id: string;
  /** The id browsers know it by. */
  readonly credentialId: string;
  readonly label: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  /** Whether it unlocks the person's key. */
  readonly unlocks: boolean;
};

export type Account = {
  readonly passkeys: readonly OwnPasskey[];
  /** null: none made yet. */
  readonly key: {
    readonly id: string;
    readonly madeAt: Date;
    /** Since when the recovery code is good; null for a demo key, which has none. */
    readonly codeMadeAt: Date | null;
    /** Opens with the published demo passphrase, and so protects nothing. */
    readonly demo: boolean;
    readonly mayReplace: boolean;
  } | null;
  readonly sessions: readonly (OpenSession & { readonly own: boolean })[];
};

/** The actor's own passkeys, key and sessions, newest last (sessions newest first). Instants UTC. */
export async function readAccount(
  db: Database,
  input: { clock: Clock },
  actor: StaffActor,
): Promise<Account> {
  const sessions = await listSessions(db, { staffId: actor.id, clock: input.clock }, actor);
  return withActor(db, actor, async (tx) => {
    const key = await findOwnKey(tx, actor.id);
    const wraps =
      key === null
        ? []
        : await tx
            .select({
              method: personalKeyWraps.method,
              passkeyId: personalKeyWraps.passkeyId,
              madeAt: personalKeyWraps.madeAt,
            })
            .from(personalKeyWraps)
            .where(and(eq(personalKeyWraps.personalKeyId, key.id), isNull(personalKeyWraps.revokedAt)))
            .orderBy(desc(personalKeyWraps.madeAt));
    const own = await tx
      .select({
        id: passkeys.id,
        credentialId: passkeys.credentialId,
        label: passkeys.label,
        createdAt: passkeys.createdAt,
        lastUsedAt: passkeys.lastUsedAt,
      })
      .from(passkeys)
      .where(and(eq(passkeys.staffId, actor.id), eq(passkeys.kind, "passkey"), isNull(passkeys.revokedAt)))
      .orderBy(asc(passkeys.createdAt), asc(passkeys.id));
    const has = (method: WrapMethod) => wraps.find((wrap) => wrap.method === method) ?? null;
    return {
      passkeys: own.map((one) => ({ ...one, unlocks: wraps.some(({ passkeyId }) => passkeyId === one.id) })),
      key: key && {
        ...key,
        codeMadeAt: has("recovery_code")?.madeAt ?? null,
        demo: has("demo_passphrase") !== null,
        mayReplace: await mayReplace(tx, key, actor),
      },
      sessions: sessions.map((session) => ({ ...session, own: session.id === actor.session?.id })),
    };
  });
}
