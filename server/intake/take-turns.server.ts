import { createHmac, randomBytes } from "node:crypto";
import { networkOf } from "./weigh-senders.server";

/**
 * Takes a turn to have a form worked on; settles when it has come. Call what it gives, once, when the work is over.
 * Rejects only where `signal` says that who waits has gone.
 */
export type TakeTurn = (address: string | null, signal?: AbortSignal) => Promise<() => void>;

/**
 * Forms worked on at once: of one known sender, and of all. Both below the 16 connections to the database, so that
 * pages and staff find one free.
 */
const MOST = { each: 4, all: 12 };

type Line = { under: number; readonly waiting: (() => void)[] };

/**
 * A fair queue in memory: senders take turns, one form each, in the order they came; of one sender first come, first
 * served. Whoever posts much waits behind themselves. Nobody is refused. Where nothing is known of a sender, each form
 * is a line of its own. A line is known by a hash under a key of this process and is gone with its last form.
 */
export function takeTurns(most: { readonly each: number; readonly all: number } = MOST): TakeTurn {
  const key = randomBytes(32);
  /** In the order of their turns: whoever had one goes to the end. */
  const lines = new Map<string | symbol, Line>();
  let under = 0;
  const next = (): void => {
    while (under < most.all) {
      const found = [...lines].find(([, line]) => line.waiting.length > 0 && line.under < most.each);
      if (found === undefined) return;
      const [name, line] = found;
      lines.delete(name);
      lines.set(name, line);
      under += 1;
      line.under += 1;
      line.waiting.shift()?.();
    }
  };
  const tidy = (name: string | symbol, line: Line): void => {
    if (line.under === 0 && line.waiting.length === 0) lines.delete(name);
  };
  return (address, signal) =>
    new Promise((resolve, reject) => {
      const name =
        address === null
          ? Symbol("unknown")
          : createHmac("sha256", key).update(networkOf(address)).digest("hex");
      const line = lines.get(name) ?? { under: 0, waiting: [] };
      lines.set(name, line);
      let over = false;
      const leave = () => {
        if (over) return;
        over = true;
        under -= 1;
        line.under -= 1;
        tidy(name, line);
        next();
      };
      const gone = () => {
        const at = line.waiting.indexOf(come);
        if (at >= 0) line.waiting.splice(at, 1);
        tidy(name, line);
        reject(new DOMException("gone while waiting", "AbortError"));
      };
      const come = () => {
        signal?.removeEventListener("abort", gone);
        resolve(leave);
      };
      if (signal?.aborted === true) return gone();
      signal?.addEventListener("abort", gone, { once: true });
      line.waiting.push(come);
      next();
    });
}
