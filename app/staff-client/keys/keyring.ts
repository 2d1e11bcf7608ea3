import { useSyncExternalStore } from "react";
import { paths } from "~/paths";
import { utf8 } from "~server/secrecy/format";
import type { KeyringView } from "~server/secrecy/keyring-view";
import { openGrants, openKeyring, type OpenKeyring } from "~server/secrecy/open-keyring";
import { DEMO_PASSPHRASE, type WrapMethod } from "~server/secrecy/personal-key";

/**
 * The keys of the person at this screen. They live in this page's memory alone: a reload or a closed tab forgets
 * them, and nothing of them is ever stored or posted.
 */
export type KeyringState =
  /** Not asked yet, or the answer is under way. */
  | { readonly state: "unknown" }
  /** The server could not be reached; asking again may help. */
  | { readonly state: "offline" }
  /** This person has made no keys yet. */
  | { readonly state: "none"; readonly view: KeyringView }
  | { readonly state: "locked"; readonly view: KeyringView }
  | { readonly state: "open"; readonly view: KeyringView; readonly keyring: OpenKeyring };

const UNKNOWN: KeyringState = { state: "unknown" };

let current: KeyringState = UNKNOWN;
let loading: Promise<KeyringState> | null = null;
const listeners = new Set<() => void>();

function become(next: KeyringState): KeyringState {
  current = next;
  for (const listener of listeners) listener();
  return next;
}

/** Calls `listener` whenever the keyring opens, closes or changes; answers how to stop. */
export function watchKeyring(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function keyringState(): KeyringState {
  return current;
}

/** The keyring as it stands; a component using it is drawn again when it opens, closes or changes. */
export function useKeyring(): KeyringState {
  return useSyncExternalStore(watchKeyring, keyringState, () => UNKNOWN);
}

/**
 * Fetches the wrapped keys (again, with `anew`: after keys were made or granted) and opens a demo person's at once
 * with the published passphrase. An open keyring stays open when its view is fetched anew.
 */
export function loadKeyring(options: { anew?: boolean } = {}): Promise<KeyringState> {
  if (loading !== null && options.anew !== true) return loading;
  loading = (async () => {
    const view = await fetchView();
    if (view === null) {
      loading = null;
      return become({ state: "offline" });
    }
    if (view.personalKey === null) return become({ state: "none", view });
    if (current.state === "open" && current.keyring.personalKeyId === view.personalKey.id) {
      const { personalKeyId, personalPrivateKey } = current.keyring;
      const roleKeys = await openGrants(view, personalKeyId, personalPrivateKey);
      return become({ state: "open", view, keyring: { ...current.keyring, roleKeys } });
    }
    const asDemo = await openKeyring(view, { method: "demo_passphrase", secret: utf8(DEMO_PASSPHRASE) });
    return become(asDemo === null ? { state: "locked", view } : { state: "open", view, keyring: asDemo });
  })();
  return loading;
}

/** Opens the keys with a secret; false when it is not theirs. */
export async function unlockKeyring(method: WrapMethod, secret: Uint8Array): Promise<boolean> {
  const loaded = await loadKeyring();
  if (loaded.state === "open") return true;
  if (loaded.state !== "locked") return false;
  const keyring = await openKeyring(loaded.view, { method, secret });
  if (keyring === null) return false;
  become({ state: "open", view: loaded.view, keyring });
  return true;
}

/** Forgets the keys: sign-out, another person, or by hand. */
export function forgetKeyring(): void {
  loading = null;
  become(UNKNOWN);
}

async function fetchView(): Promise<KeyringView | null> {
  try {
    const response = await fetch(paths.staff.keyring(), { credentials: "same-origin", cache: "no-store" });
    return response.ok ? ((await response.json()) as KeyringView) : null;
  } catch {
    return null;
  }
}
