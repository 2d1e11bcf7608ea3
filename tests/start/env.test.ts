import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { EnvError, parseEnv } from "~server/env.server";

const KEY = Buffer.alloc(32, 7).toString("base64");
const PRODUCTION = {
  NODE_ENV: "production",
  PUBLIC_ORIGIN: "https://tips.example.test",
  SECRET_KEY: KEY,
  DATABASE_URL: "postgres://app:a@db/portal",
  MIGRATION_DATABASE_URL: "postgres://owner:o@db/portal",
  AUDIT_CHECKPOINT_DIR: "/mnt/worm/roots",
  TRUST_PROXY: "1",
};

function refusal(source: Record<string, string>): string {
  try {
    parseEnv(source, "/srv");
    return "accepted";
  } catch (error) {
    if (error instanceof EnvError) return error.message;
    throw error;
  }
}

describe("the environment", () => {
  it("needs nothing on a fresh machine: a demo on loopback at port 3000 over the embedded database", () => {
    expect(parseEnv({}, "/srv")).toMatchObject({
      production: false,
      demo: true,
      demoSignIn: true,
      port: 3000,
      bindAddress: "127.0.0.1",
      publicOrigin: "http://localhost:3000",
      database: null,
      dataDir: "/srv/.data",
    });
  });

  it("takes a production set-up, without demo and without demo sign-in", () => {
    expect(parseEnv(PRODUCTION, "/srv")).toMatchObject({ production: true, demo: false, demoSignIn: false });
  });

  it.each<[string, Record<string, string>]>([
    ["PORT", { PORT: "80a" }],
    ["PORT", { PORT: "70000" }],
    ["PUBLIC_ORIGIN", { PUBLIC_ORIGIN: "http://localhost:3000/path" }],
    ["PUBLIC_ORIGIN", { ...PRODUCTION, PUBLIC_ORIGIN: "http://tips.example.test" }],
    ["PUBLIC_ORIGIN", { ...PRODUCTION, PUBLIC_ORIGIN: "" }],
    ["DATABASE_URL", { DATABASE_URL: "mysql://x/y" }],
    ["MIGRATION_DATABASE_URL", { DATABASE_URL: "postgres://a@b/c" }],
    ["DATABASE_URL", { MIGRATION_DATABASE_URL: "postgres://a@b/c" }],
    ["SECRET_KEY", { SECRET_KEY: "short" }],
    ["SECRET_KEY", { ...PRODUCTION, SECRET_KEY: "" }],
    ["DEMO", { ...PRODUCTION, DEMO: "on" }],
    ["DEMO", { DEMO: "yes" }],
    ["BIND_ADDRESS", { BIND_ADDRESS: "0.0.0.0" }],
    ["PACK", { PACK: "../etc" }],
    ["CLAMD_ADDRESS", { CLAMD_ADDRESS: "10.0.0.5:3310" }],
    ["CLAMD_ADDRESS", { CLAMD_ADDRESS: "clamd.example.test:3310" }],
    ["SMTP_URL", { MAIL_FROM: "a@example.test" }],
    ["MAIL_FROM", { SMTP_URL: "smtp://mail.example.test", MAIL_FROM: "nobody" }],
    ["SMTP_URL", { SMTP_URL: "http://mail.example.test", MAIL_FROM: "a@example.test" }],
    [
      "SMTP_URL",
      { SMTP_URL: "smtps://m.example.test/?tls.rejectUnauthorized=false", MAIL_FROM: "a@example.test" },
    ],
    ["SMTP_HOST", { SMTP_URL: "smtp://m.test", SMTP_HOST: "m.test", MAIL_FROM: "a@example.test" }],
    ["SMTP_PORT", { SMTP_PORT: "25" }],
    ["SMTP_PORT", { SMTP_HOST: "m.test", SMTP_PORT: "0", MAIL_FROM: "a@example.test" }],
    ["SMTP_PASSWORD", { SMTP_HOST: "m.test", SMTP_USER: "portal-of-mail", MAIL_FROM: "a@example.test" }],
    ["SMTP_USER", { SMTP_HOST: "m.test", SMTP_PASSWORD: "secret-of-mail", MAIL_FROM: "a@example.test" }],
    ["SMTP_SECURE", { SMTP_HOST: "m.test", SMTP_SECURE: "perhaps", MAIL_FROM: "a@example.test" }],
    ["SMTP_SECURE", { ...PRODUCTION, SMTP_HOST: "m.test", SMTP_SECURE: "none", MAIL_FROM: "a@example.test" }],
    ["MAIL_FROM", { SMTP_HOST: "mail.example.test" }],
    ["NODE_ENV", { NODE_ENV: "staging" }],
    ["QUICK_EXIT_URL", { QUICK_EXIT_URL: "weather" }],
    ["QUICK_EXIT_URL", { QUICK_EXIT_URL: "javascript:alert(1)" }],
    ["STAFF_ORIGIN", { STAFF_ORIGIN: "office.example.test" }],
    ["STAFF_ORIGIN", { STAFF_ORIGIN: "http://localhost:4000" }],
    ["STAFF_ORIGIN", { ...PRODUCTION, STAFF_ORIGIN: "http://office.example.test" }],
    ["STAFF_ORIGIN", { ...PRODUCTION, STAFF_ORIGIN: "https://tips.example.test" }],
    ["STAFF_ORIGIN", { ...PRODUCTION, STAFF_ORIGIN: "https://tips.example.test:8443" }],
    ["AUDIT_CHECKPOINT_DIR", { ...PRODUCTION, AUDIT_CHECKPOINT_DIR: "" }],
    ["AUDIT_CHECKPOINT_DIR", { ...PRODUCTION, AUDIT_CHECKPOINT_DIR: ".data" }],
    ["AUDIT_CHECKPOINT_DIR", { ...PRODUCTION, AUDIT_CHECKPOINT_DIR: "/srv/.data/checkpoints" }],
    [
      "AUDIT_CHECKPOINT_DIR",
      { ...PRODUCTION, DATA_DIR: "/mnt/worm", AUDIT_CHECKPOINT_DIR: "/mnt/x/../worm/a" },
    ],
    ["TRUST_PROXY", { ...PRODUCTION, TRUST_PROXY: "" }],
    ["TRUST_PROXY", { TRUST_PROXY: "6" }],
    ["PORT", { PORT: "1e3" }],
    ["PORT", { PORT: "0" }],
  ])("names %s when it is wrong, in one line without its value", (name, source) => {
    const said = refusal(source);
    expect(said.startsWith(`${name}: `)).toBe(true);
    expect(said).not.toContain("\n");
    for (const value of Object.values(source)) if (value.length > 12) expect(said).not.toContain(value);
  });

  it("gives the staff side the public address, or a host name of its own", () => {
    expect(parseEnv(PRODUCTION, "/srv").staffOrigin).toBe("https://tips.example.test");
    const own = { ...PRODUCTION, STAFF_ORIGIN: "https://office.example.test" };
    expect(parseEnv(own, "/srv")).toMatchObject({
      publicOrigin: "https://tips.example.test",
      staffOrigin: "https://office.example.test",
    });
  });

  it.each([
    [{ SMTP_URL: "smtps://portal:p%40ss@mail.test" }, ["mail.test", 465, "tls", "p@ss"]],
    [{ SMTP_URL: "smtp://mail.test" }, ["mail.test", 587, "starttls", undefined]],
    [{ SMTP_URL: "smtp://mail.test:2525" }, ["mail.test", 2525, "starttls", undefined]],
    [{ SMTP_URL: "smtp://[::1]:26" }, ["::1", 26, "none", undefined]],
    [{ SMTP_HOST: "127.0.0.1" }, ["127.0.0.1", 25, "none", undefined]],
    [{ SMTP_HOST: "mail.test", SMTP_PORT: "465" }, ["mail.test", 465, "tls", undefined]],
    [
      { SMTP_HOST: "mail.test", SMTP_USER: "portal", SMTP_PASSWORD: "geheim" },
      ["mail.test", 587, "starttls", "geheim"],
    ],
    [{ SMTP_HOST: "mail.test", SMTP_SECURE: "none" }, ["mail.test", 25, "none", undefined]],
  ])(
    "reads how mail leaves, encrypted unless it stays on this machine: %o",
    (given, [host, port, security, password]) => {
      const { mail } = parseEnv({ ...given, MAIL_FROM: "portal@tips.test" }, "/srv");
      expect([mail?.host, mail?.port, mail?.security, mail?.login?.password]).toEqual([
        host,
        port,
        security,
        password,
      ]);
      expect(mail?.from).toBe("portal@tips.test");
    },
  );

  it("keeps checkpoints beside the data, or where it is told", () => {
    expect(parseEnv({}, "/srv").checkpointDir).toBe("/srv/.data/checkpoints");
    expect(parseEnv({ AUDIT_CHECKPOINT_DIR: "/mnt/worm" }, "/srv").checkpointDir).toBe("/mnt/worm");
  });

  it("is not deceived by a link that leads back into the data, nor by a name that only begins alike", () => {
    const root = mkdtempSync(path.join(tmpdir(), "env-"));
    const [data, link] = [path.join(root, "data"), path.join(root, "elsewhere")];
    mkdirSync(data);
    symlinkSync(data, link);
    const set = (folder: string) => refusal({ ...PRODUCTION, DATA_DIR: data, AUDIT_CHECKPOINT_DIR: folder });
    expect(set(path.join(link, "roots"))).toMatch(/^AUDIT_CHECKPOINT_DIR: /);
    expect(set(path.join(root, "data-roots"))).toBe("accepted");
    expect(set(path.join(data, "..", "..roots"))).toBe("accepted");
    rmSync(root, { recursive: true });
  });

  it("lets a portal without demo data listen anywhere", () => {
    expect(parseEnv({ BIND_ADDRESS: "0.0.0.0", DEMO: "off" }, "/srv")).toMatchObject({ demoSignIn: false });
  });
});
