import { createReadStream, readFileSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import type pg from "pg";
import type { makeSearcher } from "./search-bytes";

type Searcher = ReturnType<typeof makeSearcher>;

/** Where something was found, and which planted values (by person and kind, never the value). */
export type Finding = { readonly place: string; readonly found: readonly string[] };

export type Searched = { readonly findings: Finding[]; bytes: number; places: number };

export function startSearch(): Searched {
  return { findings: [], bytes: 0, places: 0 };
}

/** Every file below a folder: tables, indexes and WAL as they lie on the disk, logs, spools. */
export async function searchFolder(searcher: Searcher, folder: string, searched: Searched): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) await searchFolder(searcher, at, searched);
    else if (entry.isFile()) await searchFile(searcher, at, searched);
  }
}

export async function searchFile(searcher: Searcher, file: string, searched: Searched): Promise<void> {
  const { size } = await lstat(file);
  const stream = searcher.stream();
  if (size > 0) {
    for await (const chunk of createReadStream(file, { highWaterMark: 4 << 20 }))
      stream.feed(chunk as Buffer);
  }
  tell(searched, file, size, stream.found);
}

/** A full dump: each table's rows as text, read as the owner, so that what pages compress is seen too. */
export async function searchTables(searcher: Searcher, owner: pg.Pool, searched: Searched): Promise<void> {
  const { rows: tables } = await owner.query<{ name: string }>(
    "select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1",
  );
  const client = await owner.connect();
  try {
    for (const { name } of tables) {
      const stream = searcher.stream();
      let size = 0;
      await client.query("begin");
      await client.query(
        `declare dumped cursor for select to_jsonb(t)::text as row, t::text as plain from ${name} t`,
      );
      for (;;) {
        const { rows } = await client.query<{ row: string; plain: string }>("fetch 500 from dumped");
        if (rows.length === 0) break;
        const bytes = Buffer.from(rows.map(({ row, plain }) => `${row}\n${plain}`).join("\n"));
        size += bytes.length;
        stream.feed(bytes);
      }
      await client.query("commit");
      tell(searched, `table ${name}`, size, stream.found);
    }
  } finally {
    client.release();
  }
}

/** The environment of a running process; only where the system shows it (Linux). */
export function searchEnvironment(searcher: Searcher, pid: number, searched: Searched): void {
  if (process.platform !== "linux") return;
  const bytes = readFileSync(`/proc/${pid}/environ`);
  const stream = searcher.stream();
  stream.feed(bytes);
  tell(searched, "the server's environment", bytes.length, stream.found);
}

function tell(searched: Searched, place: string, size: number, found: ReadonlySet<string>): void {
  searched.bytes += size;
  searched.places += 1;
  if (found.size > 0) searched.findings.push({ place, found: [...found] });
}
