import { realpathSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { readScannerAddress, type ScannerAddress } from "~server/evidence/scan-bytes.server";
import { mailFault, mailVariables, readMailSettings, type MailSettings } from "./mail-settings";
import { demoSignInAllowed } from "~server/staff-auth/demo-sign-in-allowed";

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

const originText = z.string().refine((text) => {
  try {
    const url = new URL(text);
    return (url.protocol === "http:" || url.protocol === "https:") && url.origin === text;
  } catch {
    return false;
  }
}, "must be an origin such as https://tips.example.gov.cn, without a path");

const postgresUrl = z
  .string()
  .refine(
    (text) => /^postgres(ql)?:\/\/[^/]+\/.+/.test(text),
    "must be postgres://user:password@host/database",
  );

const schema = z.object({
  NODE_ENV: z.enum(["production", "development", "test"]).default("development"),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, "must be a port number from 1 to 65535")
    .transform(Number)
    .refine((port) => port >= 1 && port <= 65_535, "must be a port number from 1 to 65535")
    .default(3000),
  BIND_ADDRESS: z.string().min(1).default("127.0.0.1"),
  PUBLIC_ORIGIN: originText.optional(),
  STAFF_ORIGIN: originText.optional(),
  DATABASE_URL: postgresUrl.optional(),
  MIGRATION_DATABASE_URL: postgresUrl.optional(),
  DATA_DIR: z.string().min(1).default(".data"),
  AUDIT_CHECKPOINT_DIR: z.string().min(1).optional(),
  PACK: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, "must be a pack id such as jinhua")
    .default("jinhua"),
  DEMO: z.enum(["on", "off"]).optional(),
  SECRET_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, "must be 32 random bytes in base64 (openssl rand -base64 32)")
    .optional(),
  ...mailVariables,
  TRUST_PROXY: z
    .string()
    .regex(/^[0-5]$/, "must be how many proxies stand in front, 0 to 5")
    .transform(Number)
    .optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info"]).default("warn"),
  CLAMD_ADDRESS: z
    .string()
    .refine(
      (text) => readScannerAddress(text) !== null,
      "must be the path of clamd's socket, or 127.0.0.1 or [::1] with a port: files go to it in the clear and may not leave this machine",
    )
    .optional(),
  QUICK_EXIT_URL: z
    .url({ protocol: /^https?$/, error: "must be an http or https address" })
    .default("https://www.weather.com.cn/"),
});

export type Env = {
  readonly production: boolean;
  readonly port: number;
  readonly bindAddress: string;
  /** Where citizens reach the portal. */
  readonly publicOrigin: string;
  /**
   * Where staff reach it, and what passkeys, staff cookies and enrolment links belong to. The same as `publicOrigin`
   * unless STAFF_ORIGIN gives the staff side a host name of its own: then neither host serves the other's pages.
   */
  readonly staffOrigin: string;
  /** null: start the embedded server. */
  readonly database: { readonly url: string; readonly migrationUrl: string } | null;
  readonly dataDir: string;
  /**
   * Where each day's audit root is appended to `YYYY-MM.txt`. Whoever can rewrite the database should not be able to
   * rewrite these: mount it from another machine, write-once where there is such storage. In production never inside
   * `dataDir`: what is lost or restored with the data proves nothing about it.
   */
  readonly checkpointDir: string;
  readonly packId: string;
  readonly demo: boolean;
  /** Whether 以演示身份进入 is offered: a demo, on loopback, never in production. */
  readonly demoSignIn: boolean;
  /** Set in production; elsewhere null, and the start makes and keeps one of its own under dataDir. */
  readonly secretKey: Buffer | null;
  /** null: no mail server was named. A demonstration then keeps its mails in a mailbox of its own, others wait. */
  readonly mail: MailSettings | null;
  /** Proxies in front of the portal whose X-Forwarded-For is believed; 0: none. */
  readonly trustProxy: number;
  readonly logLevel: string;
  /** clamd, which looks at files as they arrive; null: none. Its TemporaryDirectory belongs in memory (tmpfs). */
  readonly scanner: ScannerAddress | null;
  readonly quickExitUrl: string;
};

/** The refusal of a start: `message` is the one line the operator reads. */
export class EnvError extends Error {}

/** Parses the environment once. Throws EnvError with one line naming the variable and what it must be. */
export function parseEnv(source: Record<string, string | undefined>, root: string): Env {
  const given = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new EnvError(`${String(issue?.path[0] ?? "environment")}: ${issue?.message ?? "is not valid"}`);
  }
  const env = parsed.data;
  const production = env.NODE_ENV === "production";
  const demo = env.DEMO === undefined ? !production : env.DEMO === "on";
  if (production && demo) throw new EnvError("DEMO: production refuses demo data; unset it or set it to off");
  if (demo && !LOOPBACK.has(env.BIND_ADDRESS)) {
    throw new EnvError(
      "BIND_ADDRESS: a demo only listens on loopback (127.0.0.1); set DEMO=off to listen elsewhere",
    );
  }
  if (production && env.SECRET_KEY === undefined) {
    throw new EnvError(
      "SECRET_KEY: production needs its own 32 random bytes in base64 (openssl rand -base64 32)",
    );
  }
  if (production && env.PUBLIC_ORIGIN === undefined) {
    throw new EnvError(
      "PUBLIC_ORIGIN: production needs the address people use, such as https://tips.example.gov.cn",
    );
  }
  if (production && !env.PUBLIC_ORIGIN?.startsWith("https://")) {
    throw new EnvError("PUBLIC_ORIGIN: production needs https");
  }
  // https ends at a proxy: with its word for nothing, all people are one sender or none (sender-address).
  if (production && env.TRUST_PROXY === undefined) {
    throw new EnvError(
      "TRUST_PROXY: production needs how many proxies stand in front and set X-Forwarded-For, 0 where none of them does",
    );
  }
  const publicOrigin = env.PUBLIC_ORIGIN ?? `http://localhost:${env.PORT}`;
  if (env.STAFF_ORIGIN !== undefined) {
    if (production && !env.STAFF_ORIGIN.startsWith("https://")) {
      throw new EnvError("STAFF_ORIGIN: production needs https");
    }
    // Cookies and passkeys belong to a host name whatever its port.
    if (new URL(env.STAFF_ORIGIN).hostname === new URL(publicOrigin).hostname) {
      throw new EnvError("STAFF_ORIGIN: must have another host name than PUBLIC_ORIGIN, or be unset");
    }
  }
  if ((env.DATABASE_URL === undefined) !== (env.MIGRATION_DATABASE_URL === undefined)) {
    const missing = env.DATABASE_URL === undefined ? "DATABASE_URL" : "MIGRATION_DATABASE_URL";
    throw new EnvError(
      `${missing}: DATABASE_URL (application role) and MIGRATION_DATABASE_URL (owner) go together`,
    );
  }
  const wrongMail = mailFault(env, { production });
  if (wrongMail !== null) throw new EnvError(wrongMail);
  const dataDir = path.resolve(root, env.DATA_DIR);
  const checkpointDir = env.AUDIT_CHECKPOINT_DIR && path.resolve(root, env.AUDIT_CHECKPOINT_DIR);
  if (production && (!checkpointDir || liesInside(checkpointDir, dataDir))) {
    throw new EnvError(
      "AUDIT_CHECKPOINT_DIR: production needs a folder outside DATA_DIR for the daily audit roots, on another machine's storage",
    );
  }
  return {
    production,
    port: env.PORT,
    bindAddress: env.BIND_ADDRESS,
    publicOrigin,
    staffOrigin: env.STAFF_ORIGIN ?? publicOrigin,
    database:
      env.DATABASE_URL === undefined || env.MIGRATION_DATABASE_URL === undefined
        ? null
        : { url: env.DATABASE_URL, migrationUrl: env.MIGRATION_DATABASE_URL },
    dataDir,
    checkpointDir: checkpointDir ?? path.join(dataDir, "checkpoints"),
    packId: env.PACK,
    demo,
    demoSignIn: demoSignInAllowed({ demoMode: demo, bindHost: env.BIND_ADDRESS, nodeEnv: env.NODE_ENV }),
    secretKey: env.SECRET_KEY === undefined ? null : Buffer.from(env.SECRET_KEY, "base64"),
    mail: readMailSettings(env),
    trustProxy: env.TRUST_PROXY ?? 0,
    logLevel: env.LOG_LEVEL,
    scanner: env.CLAMD_ADDRESS === undefined ? null : readScannerAddress(env.CLAMD_ADDRESS),
    quickExitUrl: env.QUICK_EXIT_URL,
  };
}

/** Whether a folder is another or below it, whatever links lead there and whether or not it exists yet. */
function liesInside(folder: string, parent: string): boolean {
  const between = path.relative(realPath(parent), realPath(folder));
  return between === "" || (between.split(path.sep)[0] !== ".." && !path.isAbsolute(between));
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    const above = path.dirname(folder);
    return above === folder ? folder : path.join(realPath(above), path.basename(folder));
  }
}
