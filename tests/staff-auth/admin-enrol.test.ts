import { execFile } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { systemClock } from "~server/clock";
import { readEnrolmentLink } from "~server/staff-auth/read-enrolment-link.server";
import { parseEnrolArguments } from "~server/cli/enrol-arguments";
import { OFFICE, addPerson } from "~tests/factories/staff";
import { testDatabase } from "~tests/setup/database";

const test = testDatabase();
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--import", "tsx", "server/cli/admin-enrol.ts", ...argv],
      {
        cwd: ROOT,
        env: {
          ...process.env,
          NODE_ENV: "test",
          DATABASE_URL: test.applicationUrl,
          MIGRATION_DATABASE_URL: test.migrationUrl,
          PUBLIC_ORIGIN: "http://localhost:3000",
        },
      },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

describe("admin:enrol", () => {
  it("prints one JSON line with a link that works, for an agency by slug", async () => {
    await addPerson(test.db);
    const { code, out, err } = await run(
      ...["--name", "周四", "--role", "triage_officer", "--role", "agency_officer", "--agency", OFFICE.slug],
    );
    expect([code, err]).toEqual([0, ""]);
    const made = JSON.parse(out) as { person: string; link: string; expiresAt: string };
    expect(Object.keys(made)).toEqual(["person", "link", "expiresAt"]);
    expect(made.link.startsWith("http://localhost:3000/staff/enrol#")).toBe(true);
    const token = new URL(made.link).hash.slice(1);
    const open = await readEnrolmentLink(test.db, { token, clock: systemClock });
    expect(open.person).toMatchObject({ id: made.person, roles: ["agency_officer", "triage_officer"] });
    expect(open.expiresAt.toISOString()).toBe(made.expiresAt);

    const again = await run("--person", made.person);
    expect(again.code).toBe(0);
    expect((JSON.parse(again.out) as { person: string }).person).toBe(made.person);
  });

  it("refuses in one line with exit 2 and prints nothing else", async () => {
    await addPerson(test.db);
    const base = ["--name", "周四", "--agency", OFFICE.name];
    const cases: [string[], RegExp][] = [
      [["--name", "周四", "--agency", "没有", "--role", "auditor"], /^--agency: unknown agency "没有"\n$/],
      [[...base, "--role", "administrator", "--role", "cashier"], /^administrator_apart: .+\n$/],
      [["--person", "019a0000-0000-7000-8000-000000000000"], /^person_unknown: .+\n$/],
    ];
    for (const [argv, line] of cases) {
      const { code, out, err } = await run(...argv);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(line);
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
