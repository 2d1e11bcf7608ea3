import { PasskeyRefusal, postStep } from "../ask-webauthn";
import type { HandoverRequest } from "~/forms/handover";
import { paths } from "~/paths";
import type { KeyToHandOver } from "~server/secrecy/hand-over";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { sealForBodies } from "./ask-desk";

export type HandoverProgress = { readonly handed: number; readonly of: number };
export type HandoverResult =
  /** `left` keys could not be opened here: this person does not hold what they were sealed to, or they are broken. */
  | { readonly state: "done"; readonly handed: number; readonly left: number }
  /** Stopped by the network or a refusal; going on later takes up where it ended. */
  | { readonly state: "stopped"; readonly handed: number; readonly said: string | null };

/** Sealed a few at a time, so that progress moves and an interruption loses little. */
const PIECE = 25;

/**
 * Seals the content keys of leads (null: of all that wait) to the bodies holding them, and has them kept. What is done is
 * done: started again it takes up the rest.
 */
export async function handOverLeads(
  leadIds: readonly string[] | null,
  keyring: OpenKeyring,
  onProgress: (progress: HandoverProgress) => void,
  signal?: AbortSignal,
): Promise<HandoverResult> {
  let handed = 0;
  let skip = 0;
  try {
    for (;;) {
      const ids = leadIds === null ? null : [...leadIds];
      const listed = (await post({ step: "list", leadIds: ids, skip }, signal)) as {
        keys: KeyToHandOver[];
        waiting: number;
        unheld: number;
      };
      const of = handed + listed.waiting;
      onProgress({ handed, of });
      if (listed.keys.length + listed.unheld === 0) return { state: "done", handed, left: skip };
      skip += listed.unheld;
      for (let at = 0; at < listed.keys.length; at += PIECE) {
        const piece = listed.keys.slice(at, at + PIECE);
        const sealed = await sealForBodies(piece, keyring);
        skip += piece.length - sealed.length;
        if (sealed.length > 0) await post({ step: "store", keys: [...sealed] }, signal);
        handed += sealed.length;
        onProgress({ handed, of });
      }
    }
  } catch (error) {
    return { state: "stopped", handed, said: saidBy(error) };
  }
}

function post(request: HandoverRequest, signal?: AbortSignal): Promise<unknown> {
  return postStep(paths.staff.handoverKeys(), request, signal);
}

/** The server's own sentence, where it refused. */
function saidBy(error: unknown): string | null {
  return error instanceof PasskeyRefusal && "said" in error.fault ? error.fault.said : null;
}
