import { createHash } from "node:crypto";
import type pg from "pg";

/** A statement is kept from this time on that it is asked; what is asked once costs nothing more. */
const ASKED = 8;
/** Plans a connection keeps at most: about 100 KB each, for row policies make them large. */
const KEPT = 300;
/** Texts counted before the count begins anew: lists of many lengths make many texts. */
const COUNTED = 4_000;

const KEPT_KINDS = /^\s*(?:select|insert|update|delete|with)\b/i;

/** The statements of one pool by text: how often each was asked, and the names of those that are kept. */
type Names = { readonly asked: Map<string, number>; readonly kept: Map<string, string> };

/**
 * Has PostgreSQL keep the plans of statements that are asked often, for the life of each connection of the pool: with
 * row policies on every table, reading and planning a statement costs it more than carrying it out (two thirds of the
 * processor's time of a report's arrival). Values are never part of a name, and each run still meets the policies of its
 * own actor. A pooler in between must keep prepared statements (decision 031).
 */
export function keepPlans(pool: pg.Pool): void {
  const names: Names = { asked: new Map(), kept: new Map() };
  pool.on("connect", (client) => {
    const send = client.query.bind(client) as (...parts: unknown[]) => unknown;
    const query = (first: unknown, ...rest: unknown[]) => send(named(names, first), ...rest);
    client.query = query as typeof client.query;
  });
}

function named(names: Names, config: unknown): unknown {
  if (typeof config !== "object" || config === null || "submit" in config) return config;
  if (!("text" in config) || typeof config.text !== "string") return config;
  const given = "name" in config ? config.name : undefined;
  const name = given ?? planName(names, config.text);
  return name === undefined ? config : { ...config, name };
}

function planName({ asked, kept }: Names, text: string): string | undefined {
  const before = kept.get(text);
  if (before !== undefined) return before;
  if (kept.size >= KEPT || !KEPT_KINDS.test(text)) return undefined;
  if (asked.size >= COUNTED) asked.clear();
  const times = (asked.get(text) ?? 0) + 1;
  asked.set(text, times);
  if (times < ASKED) return undefined;
  asked.delete(text);
  const name = createHash("sha256").update(text).digest("base64url");
  kept.set(text, name);
  return name;
}
