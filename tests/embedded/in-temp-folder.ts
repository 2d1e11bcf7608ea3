import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { onTestFinished } from "vitest";
import { startEmbeddedPostgres, type EmbeddedOptions, type EmbeddedPostgres } from "~db/embedded";

export const isRoot = process.getuid?.() === 0;

/**
 * A folder of mode 0700, gone when the test is over. As a data folder it is opened just enough for
 * PostgreSQL's account; a folder inside it stays out of that account's reach.
 */
export function closedFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "embedded-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a throwaway server, stopped when the test is over. */
export async function startFor(
  dataDir: string,
  more: Partial<EmbeddedOptions> = {},
): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, durable: false, log: () => undefined, ...more });
  onTestFinished(() => server.stop());
  return server;
}

/** One statement on a connection of its own; the first row. */
export async function ask(url: string, sql: string, values?: unknown[]): Promise<unknown> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql, values);
    return rows[0];
  } finally {
    await client.end();
  }
}
