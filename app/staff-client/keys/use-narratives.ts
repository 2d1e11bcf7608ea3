import { useCallback, useEffect, useRef, useState } from "react";
import { paths } from "~/paths";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { clearNarratives, compareNarratives, openBatch } from "./ask-desk";
import type { OpenedNarrative } from "./desk-messages";
import { useKeyring } from "./keyring";

export type NarrativesState = {
  readonly phase: "keys" | "opening" | "comparing" | "done" | "interrupted";
  readonly narratives: readonly OpenedNarrative[];
  /** rank → rank of the first earlier one it is very like. */
  readonly likenesses: ReadonlyMap<number, number>;
};

const START: NarrativesState = { phase: "keys", narratives: [], likenesses: new Map() };

const NOWHERE = { keyring: null, batches: 0, narratives: 0 };

/**
 * Fetches one page of a lead's narratives batch by batch and opens them in the worker; `resume` goes on after the network
 * failed. Opened texts live in this page's memory alone.
 */
export function useNarratives(of: {
  readonly leadId: string;
  readonly page: number;
  readonly batches: number;
}): NarrativesState & { readonly keyring: OpenKeyring | null; readonly resume: () => void } {
  const { leadId, page, batches } = of;
  const keys = useKeyring();
  const keyring = keys.state === "open" ? keys.keyring : null;
  const [state, setState] = useState<NarrativesState>(START);
  const [attempt, setAttempt] = useState(0);
  // Whole batches opened with these keys: where to go on after the network failed.
  const reached = useRef<{ keyring: OpenKeyring | null; batches: number; narratives: number }>(NOWHERE);
  useEffect(() => {
    if (keyring === null) return;
    const stop = new AbortController();
    const update = (change: (now: NarrativesState) => NarrativesState) => {
      if (!stop.signal.aborted) setState(change);
    };
    const fetchBatch = (batch: number) =>
      fetch(paths.staff.narrativeBatch(leadId, page, batch), {
        credentials: "same-origin",
        cache: "no-store",
        signal: stop.signal,
      }).then((response) => {
        if (!response.ok) throw new Error("the batch was refused");
        return response.arrayBuffer();
      });
    const run = async () => {
      if (reached.current.keyring !== keyring) {
        reached.current = { ...NOWHERE, keyring };
        clearNarratives();
      }
      const from = reached.current;
      update((now) => ({
        ...START,
        phase: "opening",
        narratives: now.narratives.slice(0, from.narratives),
      }));
      let count = from.narratives;
      let next = from.batches < batches ? fetchBatch(from.batches) : null;
      for (let batch = from.batches; next !== null && batch < batches; batch += 1) {
        const json = await next;
        // The next batch travels while this one is opened.
        next = batch + 1 < batches ? fetchBatch(batch + 1) : null;
        next?.catch(() => undefined);
        // A desk that stops takes what it opened with it.
        reached.current = NOWHERE;
        await openBatch(json, keyring, (part) => {
          count += part.length;
          update((now) => ({ ...now, narratives: [...now.narratives, ...part] }));
        });
        reached.current = { keyring, batches: batch + 1, narratives: count };
      }
      update((now) => ({ ...now, phase: "comparing" }));
      const found = await compareNarratives(keyring);
      update((now) => ({
        ...now,
        phase: "done",
        likenesses: new Map(found.map(({ rank, like }) => [rank, like])),
      }));
    };
    run().catch(() => update((now) => ({ ...now, phase: "interrupted" })));
    return () => stop.abort();
  }, [leadId, page, batches, keyring, attempt]);
  const resume = useCallback(() => setAttempt((now) => now + 1), []);
  return { ...(keyring === null ? START : state), keyring, resume };
}
