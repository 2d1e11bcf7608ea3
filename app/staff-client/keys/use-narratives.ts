import { useCallback, useEffect, useState } from "react";
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
      update(() => ({ ...START, phase: "opening" }));
      clearNarratives();
      let next = fetchBatch(0);
      for (let batch = 0; batch < batches; batch += 1) {
        const json = await next;
        // The next batch travels while this one is opened.
        if (batch + 1 < batches) next = fetchBatch(batch + 1);
        next.catch(() => undefined);
        await openBatch(json, keyring, (part) =>
          update((now) => ({ ...now, narratives: [...now.narratives, ...part] })),
        );
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
