import type pg from "pg";

/**
 * What the server's own log must not do, as pg_settings names and shows it. Statements, their parameters and the
 * DETAIL of an error hold row values; so may the message of an ERROR, hence log_min_messages.
 */
const WANTED: readonly { readonly setting: RegExp; readonly values: readonly string[] }[] = [
  { setting: /^log_error_verbosity$/, values: ["terse"] },
  { setting: /^log_min_error_statement$/, values: ["panic"] },
  { setting: /^log_min_messages$/, values: ["log", "fatal", "panic"] },
  { setting: /^log_statement$/, values: ["none"] },
  { setting: /^log_min_duration_(?:statement|sample)$/, values: ["-1"] },
  { setting: /^log_transaction_sample_rate$/, values: ["0"] },
  { setting: /^log_duration$/, values: ["off"] },
  { setting: /^log_parameter_max_length(?:_on_error)?$/, values: ["0"] },
  { setting: /^debug_print_/, values: ["off"] },
  // Extensions that print statements; their settings are there only where they are loaded.
  { setting: /^auto_explain\.log_min_duration$/, values: ["-1"] },
  { setting: /^pgaudit\.log$/, values: ["none"] },
];

export type Setting = { readonly name: string; readonly setting: string };

/** The first setting under which the server's log would hold what reporters send, in one sentence; null when none. */
export function findTalkativeSetting(settings: readonly Setting[]): string | null {
  const valueOf = new Map(settings.map(({ name, setting }) => [name, setting.toLowerCase()]));
  for (const { setting, values } of WANTED) {
    for (const [name, value] of valueOf) {
      if (!setting.test(name) || values.includes(value)) continue;
      return `DATABASE_URL: the database server would log what reporters send: ${name} is "${value}", set it to "${values[0] ?? ""}" for this role`;
    }
  }
  return null;
}

/** Reads the settings as the application's own sessions have them, role and database settings included. */
export async function databaseLogFault(pool: pg.Pool): Promise<string | null> {
  const { rows } = await pool.query<Setting>(
    "select name, setting from pg_settings where name ~ '^(log_|debug_print_|auto_explain\\.|pgaudit\\.)'",
  );
  return findTalkativeSetting(rows);
}
