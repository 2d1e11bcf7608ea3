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
/** Counts the questions, and what makes their answers void. */
let asked = 0;
/** Who is signed in, as far as the page knows; undefined while somebody is signing in. */
let person: string | null | undefined;
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
  const mine = ++asked;
  loading = (async () => {
    const view = await fetchView();
    // Forgotten meanwhile, or overtaken by a newer question: this answer may be somebody else's.
    if (asked !== mine) return loading ?? current;
    if (view === null || (person !== undefined && view.staffId !== person)) {
      loading = null;
      // Keys that are open need no server to stay so.
      return current.state === "open" ? current : become({ state: "offline" });
    }
    if (view.personalKey === null) return become({ state: "none", view });
    if (current.state === "open" && current.keyring.personalKeyId === view.personalKey.id) {
      const { personalKeyId, personalPrivateKey } = current.keyring;
      const roleKeys = await openGrants(view, personalKeyId, personalPrivateKey);
      if (asked !== mine) return loading ?? current;
      const { staffId } = view;
      return become({
        state: "open",
        view,
        keyring: { staffId, personalKeyId, personalPrivateKey, roleKeys },
      });
    }
    const asDemo = await openKeyring(view, { method: "demo_passphrase", secret: utf8(DEMO_PASSPHRASE) });
    if (asked !== mine) return loading ?? current;
    return become(asDemo === null ? { state: "locked", view } : { state: "open", view, keyring: asDemo });
  })();
  return loading;
}

/** Opens the keys with a secret; false when it is not theirs. */
export async function unlockKeyring(method: WrapMethod, secret: Uint8Array): Promise<boolean> {
  await loadKeyring();
  const loaded = current;
  if (loaded.state === "open") return true;
  if (loaded.state !== "locked") return false;
  const keyring = await openKeyring(loaded.view, { method, secret });
  // Meanwhile somebody else may have signed in, or the keys been forgotten.
  if (keyring === null || current !== loaded) return false;
  become({ state: "open", view: loaded.view, keyring });
  return true;
}

/** Closes the keys by hand; the same person opens them again. */
export function lockKeyring(): void {
  if (current.state === "open") become({ state: "locked", view: current.view });
}

/**
 * Told by the frame who is signed in (null: nobody): what belongs to anybody else is forgotten, and an answer still
 * under way is taken only if it is theirs.
 */
export function keepKeyringOf(staffId: string | null): void {
  person = staffId;
  if ("view" in current && current.view.staffId !== staffId) forgetKeyring(staffId);
}

/** Forgets the keys: sign-out, or another person (where it is known who comes). */
export function forgetKeyring(next?: string | null): void {
  person = next;
  asked += 1;
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
