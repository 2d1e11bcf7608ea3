import { createHmac, randomBytes } from "node:crypto";
import { isIPv6 } from "node:net";
import { chinaDay, type Clock } from "~server/clock";

/** How much work is asked before a report is sent: 0 is next to nothing, 3 the most. Never a refusal. */
export type WorkLevel = 0 | 1 | 2 | 3;

/** Where a request comes from, as far as a page may know: how much came from there today, not from where. */
export type Sender = {
  /** Whether anything tells this sender from others; where nothing does, a report's shares are all there is. */
  readonly known: boolean;
  readonly level: () => WorkLevel;
  /** Whether so much came from here today that a report is set apart for triage to look at first. */
  readonly floods: () => boolean;
  /** Counts one report sent. */
  readonly count: () => void;
  /** Counts one report begun: costs its sender nothing, so however many there are, they raise the work by one step. */
  readonly begin: () => void;
  /**
   * Counts bytes of evidence (below 0: what was not kept after all). False, and nothing counted, where the day's would
   * exceed `most`.
   */
  readonly addBytes: (bytes: number, most: number) => boolean;
  /**
   * One of `most` places for what is under way from there at once; null when all are taken. Call what it gives, once,
   * when it is over.
   */
  readonly hold: (most: number) => (() => void) | null;
};

/** Of a sender nothing is known of: asked for the least. */
export const UNKNOWN_SENDER: Sender = {
  known: false,
  level: () => 0,
  floods: () => false,
  count: () => undefined,
  begin: () => undefined,
  addBytes: () => true,
  hold: () => () => undefined,
};

/** Reports sent a day from which the work is raised: a household, a bank's queue, a village's one line. */
const STEPS: readonly number[] = [20, 60, 200];
/** Reports begun a day from which the work is raised by one step: twice as many, since not all are sent. */
const MANY_BEGUN = 40;
/** A whole office filing by hand stays below it. */
const FLOOD = 600;
/** Senders remembered at once; beyond it the oldest is forgotten, which asks less of it and harms nobody. */
const REMEMBERED = 20_000;

type Counted = { readonly begun: number; readonly sent: number; readonly bytes: number };
const NOTHING: Counted = { begun: 0, sent: 0, bytes: 0 };

/**
 * Counts a day's reports and bytes of evidence by sender, in memory alone. An address is kept only as a hash under a key that is random,
 * lives as long as the day or the process, and is never written: afterwards nobody can tell who sent (secrecy.md).
 */
export function weighSenders(clock: Clock, remembered = REMEMBERED): (address: string | null) => Sender {
  let day = "";
  let key = randomBytes(32);
  const counts = new Map<string, Counted>();
  /** Never more names than there are uploads; a name of yesterday leaves with the last of them. */
  const held = new Map<string, number>();
  const nameOf = (address: string): string => {
    const today = chinaDay(clock.now());
    if (today !== day) {
      day = today;
      key = randomBytes(32);
      counts.clear();
    }
    return createHmac("sha256", key).update(networkOf(address)).digest("base64").slice(0, 22);
  };
  return (address) => {
    if (address === null) return UNKNOWN_SENDER;
    const counted = () => counts.get(nameOf(address)) ?? NOTHING;
    const add = (more: Partial<Counted>) => {
      const name = nameOf(address);
      const before = counts.get(name) ?? NOTHING;
      // Written last again, so that the oldest in the map is the one that has been quiet longest.
      counts.delete(name);
      if (counts.size >= remembered) counts.delete(counts.keys().next().value ?? "");
      counts.set(name, {
        begun: before.begun + (more.begun ?? 0),
        sent: before.sent + (more.sent ?? 0),
        bytes: Math.max(0, before.bytes + (more.bytes ?? 0)),
      });
    };
    return {
      known: true,
      level: () => {
        const { begun, sent } = counted();
        const bySent = STEPS.filter((step) => sent >= step).length;
        return Math.max(bySent, begun >= MANY_BEGUN ? 1 : 0) as WorkLevel;
      },
      floods: () => counted().sent >= FLOOD,
      count: () => add({ sent: 1 }),
      begin: () => add({ begun: 1 }),
      addBytes: (bytes, most) => {
        if (bytes > 0 && counted().bytes + bytes > most) return false;
        add({ bytes });
        return true;
      },
      hold: (most) => {
        const name = nameOf(address);
        const before = held.get(name) ?? 0;
        if (before >= most) return null;
        held.set(name, before + 1);
        return () => {
          const left = (held.get(name) ?? 0) - 1;
          if (left > 0) held.set(name, left);
          else held.delete(name);
        };
      },
    };
  };
}

/** One household has a whole /64 of IPv6; an IPv4 address is itself. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  if (!isIPv6(plain)) return plain;
  const [head = "", tail = ""] = plain.toLowerCase().split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === "" ? [] : tail.split(":");
  const missing = plain.includes("::") ? 8 - left.length - right.length : 0;
  const groups = [...left, ...Array.from({ length: Math.max(0, missing) }, () => "0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
