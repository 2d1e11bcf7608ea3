import { openDatabase, type Database } from "~db/client.server";

export type CommandDatabase = {
  readonly db: Database;
  readonly publicOrigin: string;
  close(): Promise<void>;
};

/** The database and public origin a command works with, from DATABASE_URL and PUBLIC_ORIGIN. */
export function openCommandDatabase(): Promise<CommandDatabase> {
  const url = process.env.DATABASE_URL;
  if (url === undefined || url === "") return Promise.reject(new Error("DATABASE_URL is not set"));
  const db = openDatabase(url, { max: 2 });
  return Promise.resolve({
    db,
    publicOrigin: new URL(process.env.PUBLIC_ORIGIN ?? "http://localhost:3000").origin,
    close: () => db.pool.end(),
  });
}
