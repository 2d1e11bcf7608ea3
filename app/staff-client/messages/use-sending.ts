import { useCallback, useRef, useState } from "react";
import { v4 as uuidv4 } from "uuid";
import { MESSAGE_CHARACTERS } from "~server/secrecy/message-format";
import type { Thread } from "~server/messages/list-thread.server";
import type { MessageToStore } from "~server/secrecy/staff-message";
import { sealWords } from "../keys/ask-desk";
import { keyringState } from "../keys/keyring";
import { passkeyFault } from "../ask-webauthn";

/** Why words were not sent: a key of the catalogue, or the server's own sentence. What was typed stays. */
export type SendingFault =
  | { readonly key: "empty" | "tooLong" | "locked" | "noKey" | "offline" | "failed" }
  | { readonly said: string };

/**
 * Sends staff's words to one reporter: sealed here, then given to `post`. Pressed again after a fault it sends the same
 * message, so that an answer lost on the way makes no second one.
 */
export function useSending(thread: Thread, post: (message: MessageToStore) => Promise<unknown>) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<SendingFault | null>(null);
  const started = useRef<{ text: string; message: MessageToStore } | null>(null);
  const send = useCallback(
    async (typed: string): Promise<boolean> => {
      const text = typed.trim();
      const keys = keyringState();
      const early: SendingFault | null =
        text === ""
          ? { key: "empty" }
          : text.length > MESSAGE_CHARACTERS
            ? { key: "tooLong" }
            : keys.state !== "open"
              ? { key: "locked" }
              : null;
      setFault(early);
      if (early !== null || keys.state !== "open" || thread.replyKey === null) return false;
      setBusy(true);
      try {
        if (started.current?.text !== text) {
          const message = { id: uuidv4(), tipId: thread.tipId, direction: "out" as const };
          const sealed = await sealWords(
            { message, content: { text }, keys: thread.keys, replyKey: thread.replyKey },
            keys.keyring,
          );
          if (sealed === null) {
            setFault({ key: "noKey" });
            return false;
          }
          started.current = { text, message: sealed };
        }
        await post(started.current.message);
        started.current = null;
        return true;
      } catch (error) {
        const told = passkeyFault(error);
        setFault("said" in told ? told : { key: told.key === "offline" ? "offline" : "failed" });
        return false;
      } finally {
        setBusy(false);
      }
    },
    [thread, post],
  );
  const clearFault = useCallback(() => setFault(null), []);
  return { busy, fault, send, clearFault };
}
