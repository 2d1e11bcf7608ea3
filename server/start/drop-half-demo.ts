import pg from "pg";

/**
 * Drops the embedded database when an earlier start was stopped while it was still loading demo data: nothing in it is
 * anybody's work, and starting afresh is what its user expects. Says whether it did.
 */
export async function dropHalfDemo(
  superuserUrl: string,
  portalUrl: string,
  database: string,
): Promise<boolean> {
  if (!(await isHalfLoaded(portalUrl))) return false;
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query(`drop database ${client.escapeIdentifier(database)} with (force)`);
  } finally {
    await client.end();
  }
  return true;
}

async function isHalfLoaded(portalUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: portalUrl });
  await client.connect();
  try {
    const known = await client.query(
      "select 1 from pg_tables where schemaname = 'public' and tablename = 'settings'",
    );
    if (known.rowCount === 0) return false;
    const { rowCount } = await client.query(
      `select 1 from settings where key = 'demo' and value = '"loading"'`,
    );
    return rowCount !== 0;
  } finally {
    await client.end();
  }
}
