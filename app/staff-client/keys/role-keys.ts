import type { KeyAct, KeyActDone } from "~/forms/key-acts";
import { paths } from "~/paths";
import { PasskeyRefusal, postStep } from "~/staff-client/ask-webauthn";
import { stepUp } from "~/staff-client/step-up";
import { keyActAgreed, type UntouchedKeyAct } from "~/forms/step-up-subjects";
import { rewrapStaleKey, type RewrapTarget, type StaleDataKey } from "~server/secrecy/stale-data-key";
import { keyringState, loadKeyring } from "./keyring";

/**
 * Has the person touch their passkey for an act on a role key and posts it; the keyring is read anew afterwards.
 * Throws what `passkeyFault` puts into words.
 */
export async function actOnRoleKey(act: UntouchedKeyAct): Promise<KeyActDone> {
  const proof = await stepUp(await keyActAgreed(act));
  const done = (await postStep(paths.staff.keysAct(), { ...act, stepUp: proof })) as KeyActDone;
  await loadKeyring({ anew: true });
  return done;
}

export type RewrapProgress = {
  readonly done: number;
  readonly of: number;
  /** Data keys that did not open here; they stay as they are. */
  readonly skipped: number;
};

/**
 * Seals a slot's remaining data keys anew, batch by batch, with the ticket a touch of the passkey gave. What is done
 * stays done, so breaking off loses nothing. Throws as `actOnRoleKey` does.
 */
export async function rewrapAll(
  input: { readonly slot: string; readonly ticket: string },
  tell: (progress: RewrapProgress) => void,
): Promise<RewrapProgress> {
  let progress: RewrapProgress = { done: 0, of: 0, skipped: 0 };
  let after: string | null = null;
  for (;;) {
    const batch: Batch = await fetchBatch(input.slot, after);
    if (progress.of === 0) progress = { ...progress, of: batch.left };
    const last = batch.keys.at(-1);
    if (last === undefined) return progress;
    after = last.id;
    const keys = keyringState();
    if (keys.state !== "open") throw new PasskeyRefusal({ key: "failed" });
    const { roleKeys } = keys.keyring;
    const opened = await Promise.all(batch.keys.map((key) => rewrapStaleKey(key, batch.to, roleKeys)));
    const sealed = opened.flatMap((key) => key ?? []);
    if (sealed.length > 0) {
      await postStep(paths.staff.keysAct(), {
        intent: "rewrap",
        slot: input.slot,
        ticket: input.ticket,
        to: batch.to.roleKeyId,
        keys: sealed,
      } satisfies KeyAct);
    }
    progress = {
      done: progress.done + sealed.length,
      of: Math.max(progress.of, progress.done + sealed.length),
      skipped: progress.skipped + opened.length - sealed.length,
    };
    tell(progress);
  }
}

type Batch = { readonly to: RewrapTarget; readonly keys: readonly StaleDataKey[]; readonly left: number };

async function fetchBatch(slot: string, after: string | null): Promise<Batch> {
  const response = await fetch(paths.staff.staleKeys(slot, after), {
    credentials: "same-origin",
    cache: "no-store",
  }).catch(() => {
    throw new PasskeyRefusal({ key: "offline" });
  });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as Batch;
  const said = (body as { message?: unknown } | null)?.message;
  throw new PasskeyRefusal(typeof said === "string" && said !== "" ? { said } : { key: "failed" });
}
