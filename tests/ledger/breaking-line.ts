import type pg from "pg";
import { openDatabase } from "~db/client.server";

/** Where the line breaks: before a statement, after it was carried out (its reply lost), or by a dying server. */
export type Break = "before" | "after" | "killed";

/**
 * A database whose next transaction loses its connection once, at the `at`-th statement counted from `begin` (0) or at
 * `commit`. `killed` ends the server's process by pg_terminate_backend from another connection.
 */
export function breakingLine(url: string, killer: pg.Pool) {
  const db = openDatabase(url, { max: 4 });
  let plan: { at: number | "commit"; how: Break } | null = null;
  let seen = 0;
  let broken = 0;
  const connect = db.pool.connect.bind(db.pool) as () => Promise<pg.PoolClient>;
  const breaking = async (): Promise<pg.PoolClient> => {
    const client = await connect();
    const line = client as pg.PoolClient & { processID: number; connection: { stream: { destroy(): void } } };
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
    const own = Object.create(client) as pg.PoolClient;
    Object.defineProperty(own, "query", {
      value: async (...args: unknown[]) => {
        const text = typeof args[0] === "string" ? args[0] : (args[0] as { text: string }).text;
        const here = plan !== null && (plan.at === "commit" ? text === "commit" : plan.at === seen);
        seen += 1;
        if (!here || plan === null) return query(...args);
        const { how } = plan;
        plan = null;
        broken += 1;
        if (how === "killed") {
          await killer.query("select pg_terminate_backend($1)", [line.processID]);
          return query(...args);
        }
        if (how === "after") await query(...args);
        line.connection.stream.destroy();
        throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
      },
    });
    return own;
  };
  Object.defineProperty(db.pool, "connect", { value: breaking });
  return {
    db,
    /** The next statements are counted anew; the line breaks once. */
    breakAt(at: number | "commit", how: Break) {
      plan = { at, how };
      seen = 0;
    },
    /** How often it broke; a plan never reached does not count and is dropped. */
    broke(): number {
      plan = null;
      return broken;
    },
    end: () => db.pool.end(),
  };
}
