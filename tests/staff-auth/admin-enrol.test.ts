import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { systemClock } from "~server/clock";
import { readEnrolmentLink } from "~server/staff-auth/read-enrolment-link.server";
import { parseEnrolArguments } from "~server/cli/enrol-arguments";
import { OFFICE, addPerson } from "~tests/factories/make-staff";
import { testDatabase } from "~tests/setup/database";
import { runScript } from "~tests/setup/run-script";

const test = testDatabase();
const dataDir = mkdtempSync(path.join(tmpdir(), "enrol-command-"));

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const run = (...argv: string[]) => runWith({}, ...argv);
const runWith = (env: Record<string, string>, ...argv: string[]) =>
  runScript("server/cli/admin-enrol.ts", argv, {
    env: {
      ...env,
      NODE_ENV: "test",
      DATABASE_URL: test.applicationUrl,
      MIGRATION_DATABASE_URL: test.migrationUrl,
      PUBLIC_ORIGIN: "http://localhost:3000",
      DATA_DIR: dataDir,
    },
  });

describe("admin:enrol", () => {
  it("prints one JSON line with a link that works, for an agency by slug", async () => {
    await addPerson(test.db);
    const { status, stdout, stderr } = await run(
      ...["--name", "周四", "--role", "triage_officer", "--role", "agency_officer", "--agency", OFFICE.slug],
    );
    expect([status, stderr]).toEqual([0, ""]);
    const made = JSON.parse(stdout) as { person: string; link: string; expiresAt: string };
    expect(Object.keys(made)).toEqual(["person", "link", "expiresAt"]);
    expect(made.link.startsWith("http://localhost:3000/staff/enrol#")).toBe(true);
    const token = new URL(made.link).hash.slice(1);
    const open = await readEnrolmentLink(test.db, { token, clock: systemClock });
    expect(open.person).toMatchObject({ id: made.person, roles: ["agency_officer", "triage_officer"] });
    expect(open.expiresAt.toISOString()).toBe(made.expiresAt);

    const again = await run("--person", made.person);
    expect(again.status).toBe(0);
    expect((JSON.parse(again.stdout) as { person: string }).person).toBe(made.person);
  });

  it("only asks for a role over money or names, and says so; in a demonstration it gives it", async () => {
    await addPerson(test.db);
    const asked = [
      ...["--name", "吴八", "--role", "cashier", "--role", "notice_desk"],
      "--agency",
      OFFICE.slug,
    ];
    const held = async (stdout: string) => {
      const { rows } = await test.db.pool.query<{ role: string }>(
        "select role from staff_roles where staff_id = $1 order by role",
        [(JSON.parse(stdout) as { person: string }).person],
      );
      return rows.map(({ role }) => role);
    };
    const real = await runWith({ DEMO: "off" }, ...asked);
    expect([real.status, JSON.parse(real.stdout)]).toMatchObject([0, { requested: ["cashier"] }]);
    expect(real.stderr).toBe("--role: cashier given once an administrator confirms it at /staff/people\n");
    expect(await held(real.stdout)).toEqual(["notice_desk"]);
    const demo = await runWith({ DEMO: "on" }, ...asked);
    expect([demo.status, demo.stderr]).toEqual([0, ""]);
    expect(Object.keys(JSON.parse(demo.stdout) as object)).toEqual(["person", "link", "expiresAt"]);
    expect(await held(demo.stdout)).toEqual(["cashier", "notice_desk"]);
  });

  it("refuses in one line with exit 2 and prints nothing else", async () => {
    await addPerson(test.db);
    const base = ["--name", "周四", "--agency", OFFICE.name];
    const cases: [string[], RegExp][] = [
      [["--nmae", "周四"], /^Unknown option '--nmae'.*\n$/],
      [["--name", "周四", "--agency", "没有", "--role", "auditor"], /^--agency: unknown agency "没有"\n$/],
      [[...base, "--role", "administrator", "--role", "cashier"], /^管理员不能.+。\n$/],
      [["--person", "019a0000-0000-7000-8000-000000000000"], /^.+工作人员.+。\n$/],
    ];
    for (const [argv, line] of cases) {
      const { status, stdout, stderr } = await run(...argv);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(line);
    }
  });

  it.each([
    [[], "--name: missing"],
    [["--name", "周四"], "--agency: missing"],
    [["--name", "周四", "--agency", "a"], "--role: missing"],
    [["--name", "周四", "--agency", "a", "--role", "king"], '--role[0]: unknown role "king"'],
    [
      ["--person", "x", "--name", "周四"],
      "--person: stands alone; it makes a new link for somebody already known",
    ],
  ])("%j is refused: %s", (argv, message) => {
    expect(() => parseEnrolArguments(argv)).toThrow(message);
  });

  it("refuses options it does not know", () => {
    expect(() => parseEnrolArguments(["--nmae", "周四"])).toThrow("--nmae");
  });
});
