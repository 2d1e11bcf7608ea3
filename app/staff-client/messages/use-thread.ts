import { useCallback, useEffect, useRef, useState } from "react";
import { paths } from "~/paths";
import type { MessageAct } from "~/forms/staff-messages";
import type { Thread } from "~server/messages/list-thread.server";
import { postStep } from "../ask-webauthn";

export type ThreadState =
  | { readonly state: "loading" }
  | { readonly state: "offline" }
  | { readonly state: "ready"; readonly thread: Thread };

/** Opened messages are told to the server a moment later, together. */
const GATHER_MS = 400;

/**
 * One tip's messages, fetched when `wanted` and again with `reload`; older ones with `older`. `noteOpened` has a message
 * marked as read once its text stands on the page; `onMarked` is told when some were.
 */
export function useThread(
  of: { readonly leadId: string; readonly tipId: string; readonly wanted: boolean },
  onMarked: () => void,
) {
  const { leadId, tipId, wanted } = of;
  const [shown, setShown] = useState<ThreadState>({ state: "loading" });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (!wanted) return;
    const stop = new AbortController();
    fetchThread(leadId, tipId, null, stop.signal).then(
      (thread) => setShown({ state: "ready", thread }),
      () => {
        if (!stop.signal.aborted) setShown({ state: "offline" });
      },
    );
    return () => stop.abort();
  }, [leadId, tipId, wanted, attempt]);

  const pending = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const noteOpened = useCallback(
    (id: string) => {
      pending.current.add(id);
      timer.current ??= setTimeout(() => {
        timer.current = null;
        const ids = [...pending.current];
        pending.current.clear();
        // Not told, they stay unread: the next look tells it.
        void postMessageAct(leadId, { step: "read", tipId, ids }).then(onMarked, () => undefined);
      }, GATHER_MS);
    },
    [leadId, tipId, onMarked],
  );

  const older = useCallback(async () => {
    if (shown.state !== "ready" || shown.thread.older === null) return;
    const before = await fetchThread(leadId, tipId, shown.thread.older);
    setShown({
      state: "ready",
      thread: {
        ...shown.thread,
        older: before.older,
        messages: [...before.messages, ...shown.thread.messages],
      },
    });
  }, [leadId, tipId, shown]);

  const reload = useCallback(() => setAttempt((now) => now + 1), []);
  return { shown, reload, older, noteOpened };
}

/** Throws what `passkeyFault` puts into words. */
export function postMessageAct(leadId: string, act: MessageAct): Promise<unknown> {
  return postStep(paths.staff.messages(leadId), act);
}

async function fetchThread(
  leadId: string,
  tipId: string,
  before: string | null,
  signal?: AbortSignal,
): Promise<Thread> {
  const response = await fetch(paths.staff.thread(leadId, tipId, before), {
    credentials: "same-origin",
    cache: "no-store",
    signal,
  });
  if (!response.ok) throw new Error("the messages were refused");
  return (await response.json()) as Thread;
}
