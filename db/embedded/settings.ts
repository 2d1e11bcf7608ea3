/**
 * Given on the command line, where neither the data folder's files nor ALTER SYSTEM can undo them.
 *
 * No value of a row or statement may reach the server's log (secrecy: a stolen log tells nothing).
 * `terse` drops DETAIL, HINT and CONTEXT, but the message itself can quote input ("invalid input
 * syntax for type integer: …", "syntax error at or near …"), so ERROR is not logged at all: in
 * `log_min_messages` the level `log` ranks above it. The application logs the SQLSTATE itself.
 */
const QUIET = {
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_statement: "none",
  log_min_duration_statement: "-1",
  log_min_duration_sample: "-1",
  log_transaction_sample_rate: "0",
  log_duration: "off",
  log_parameter_max_length: "0",
  log_parameter_max_length_on_error: "0",
  log_connections: "",
  log_disconnections: "off",
  log_lock_waits: "off",
  log_temp_files: "-1",
  log_checkpoints: "off",
  log_autovacuum_min_duration: "-1",
  log_destination: "stderr",
  logging_collector: "off",
  log_line_prefix: "%t [%p] ",
  log_timezone: "UTC",
  lc_messages: "C",
  debug_print_parse: "off",
  debug_print_rewritten: "off",
  debug_print_plan: "off",
  // The smallest there is: a crash report quotes what the backend was running.
  track_activity_query_size: "100",
};

const SERVER = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  password_encryption: "scram-sha-256",
  timezone: "UTC",
  max_connections: "100",
  shared_buffers: "128MB",
};

/** Survives only the process, not the machine; several times faster to start and commit. */
const THROWAWAY = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  shared_buffers: "64MB",
};

/** `postgres` arguments; `durable: false` is for tests, whose data may be lost with the machine. */
export function serverArguments(clusterDir: string, port: number, durable: boolean): string[] {
  const settings = { ...SERVER, ...(durable ? { fsync: "on" } : THROWAWAY), ...QUIET };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return ["-D", clusterDir, "-p", String(port), ...flags];
}

/** None of our environment: it may hold keys, and /proc shows a process's environment to its account. */
export const SERVER_ENVIRONMENT = {
  NODE_ENV: "production" as const,
  PATH: "/usr/bin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
};
