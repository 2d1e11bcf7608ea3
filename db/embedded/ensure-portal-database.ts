import { Client, escapeIdentifier, escapeLiteral } from "pg";

export type PortalRequest = {
  database: string;
  ownerPassword: string;
  appPassword: string;
  /** A database to copy when `database` does not exist yet; it must have no other sessions. */
  template?: string;
};

export type PortalUrls = { migrationUrl: string; appUrl: string };

/** Any number: it only has to be the same in every process that prepares databases. */
const PREPARE_LOCK = 7_240_118;

/**
 * Makes `database` and its two roles, or brings existing ones back to this state:
 * `portal_owner` owns the database and migrates it; `portal_app`, under which the application runs,
 * owns nothing, creates nothing (not even temporary tables) and cannot step around row-level security.
 * What `portal_app` may do to each table is for the migrations to say. Safe to repeat and to race.
 */
export async function ensurePortalDatabase(
  superuserUrl: string,
  request: PortalRequest,
): Promise<PortalUrls> {
  const database = escapeIdentifier(request.database);
  await withClient(superuserUrl, async (client) => {
    // Roles belong to the whole cluster, and two sessions altering one collide.
    await client.query("SELECT pg_advisory_lock($1)", [PREPARE_LOCK]);
    await ensureRole(client, "portal_owner", request.ownerPassword);
    await ensureRole(client, "portal_app", request.appPassword);
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [
      request.database,
    ]);
    if (rowCount === 0) {
      const template = request.template ? ` TEMPLATE ${escapeIdentifier(request.template)}` : "";
      await client.query(`CREATE DATABASE ${database} OWNER portal_owner${template}`);
    }
    await client.query(`ALTER DATABASE ${database} OWNER TO portal_owner`);
    // Not copied from a template, and by default anyone may connect and make temporary tables.
    await client.query(`REVOKE ALL ON DATABASE ${database}, postgres, template1 FROM PUBLIC, portal_app`);
    await client.query(`GRANT CONNECT ON DATABASE ${database} TO portal_app`);
  });
  await withClient(withDatabase(superuserUrl, request.database), async (client) => {
    await client.query("SELECT pg_advisory_lock($1)", [PREPARE_LOCK]);
    await client.query("REVOKE CREATE ON SCHEMA public FROM PUBLIC, portal_app");
    await client.query("GRANT USAGE, CREATE ON SCHEMA public TO portal_owner");
    await client.query("GRANT USAGE ON SCHEMA public TO portal_app");
  });
  return {
    migrationUrl: withDatabase(superuserUrl, request.database, "portal_owner", request.ownerPassword),
    appUrl: withDatabase(superuserUrl, request.database, "portal_app", request.appPassword),
  };
}

async function ensureRole(client: Client, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [role]);
  if (rowCount === 0) await client.query(`CREATE ROLE ${role}`);
  await client.query(
    `ALTER ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
       PASSWORD ${escapeLiteral(password)}`,
  );
}

async function withClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  // Unlistened, a lost idle connection ends the process; the query under way fails all the same.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, database: string, user?: string, password?: string): string {
  const target = new URL(url);
  target.pathname = `/${encodeURIComponent(database)}`;
  if (user !== undefined) target.username = encodeURIComponent(user);
  if (password !== undefined) target.password = encodeURIComponent(password);
  return target.href;
}
