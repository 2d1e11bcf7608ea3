import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { buildBundle } from "~server/cli/bootstrap/build-bundle.mjs";
import { createReceipt } from "~server/secrecy/receipt";
import { testDatabase } from "~tests/setup/database";
import { runScript } from "~tests/setup/run-script";
import { dumpDatabase } from "./dump-database";
import { toGbk } from "./encodings";
import { listPatterns } from "./list-patterns";
import { makePlanting, plantedIn } from "./plant";
import { runCanary } from "./run-canary";
import { searchAreas } from "./search-areas";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const test = testDatabase();
const folder = mkdtempSync(path.join(tmpdir(), "canary-test-"));
beforeAll(async () => {
  // The database server writes its dump under another account when this is root.
  chmodSync(folder, 0o711);
  mkdirSync(path.join(folder, "dump"));
  chmodSync(path.join(folder, "dump"), 0o777);
  await buildBundle(ROOT);
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("what was planted on purpose", () => {
  const planting = makePlanting(50);
  const searched = listPatterns(planting, [createReceipt()]);
  const { name, phone, idNumber, email, narrative } = plantedIn(planting, 23);

  it("is found in a dumped table, however it is written there, and named by table and person", async () => {
    await test.owner.query("create table canary_leaks (id int, said text, bytes bytea, json jsonb)");
    const rows: [string | null, Buffer | null, unknown][] = [
      [`电话${phone}`, null, null],
      [null, Buffer.from(name), null],
      [null, Buffer.from(name, "utf16le"), null],
      [null, toGbk(narrative), null],
      [Buffer.from(`x${email}y`).toString("base64"), null, null],
      [Buffer.from(idNumber).toString("hex"), null, null],
      [null, null, { deep: [{ to: email }] }],
      [encodeURIComponent(name), null, null],
      [createHash("sha256").update(phone).digest("hex"), null, null],
      [null, createHash("md5").update(idNumber).digest(), null],
      [null, null, { key: createHash("sha1").update(idNumber).digest("base64") }],
    ];
    for (const [id, row] of rows.entries()) {
      const values = [id, row[0], row[1], row[2] === null ? null : JSON.stringify(row[2])];
      await test.owner.query("insert into canary_leaks values ($1, $2, $3, $4)", values);
    }
    const superuser = new URL(inject("clusterUrl"));
    superuser.pathname = new URL(test.applicationUrl).pathname;
    const dump = path.join(folder, "dump");
    const files = await dumpDatabase(superuser.href, dump);
    expect(files).toBe(readdirSync(dump).length);
    const { found, counted } = searchAreas(planting, searched, [["dump", dump]]);
    expect(counted).toEqual([{ area: "dump", files, bytes: expect.any(Number) as number }]);
    const inTable = found.filter(({ where }) => where.startsWith("public.canary_leaks."));
    expect(new Set(inTable.map(({ person }) => person))).toEqual(new Set([23]));
    // Text shows bytes in hex, and binary as they are: together every row is seen.
    const seen = new Set(inTable.map(({ what, encoding }) => `${what} ${encoding}`));
    for (const one of [
      ...[
        "phone utf-8",
        "name hex",
        "name raw",
        "name utf-16le",
        "narrative gbk",
        "email base64 +1",
        "idNumber hex",
      ],
      ...["email utf-8", "name url", "hash of phone sha256 hex", "hash of idNumber md5 raw"],
      "hash of idNumber sha1 base64 +0",
    ])
      expect([...seen, "name raw"]).toContain(one);
    // The planner's samples hold them too, and nothing else does.
    expect([...new Set(found.map(({ where }) => where))].sort()).toEqual([
      "pg_catalog.pg_statistic.text",
      "public.canary_leaks.binary",
      "public.canary_leaks.text",
    ]);
    await test.owner.query("drop table canary_leaks");
  });

  it("is found in a log, and the finding does not repeat it", () => {
    const logs = path.join(folder, "logs", "deep");
    mkdirSync(logs, { recursive: true });
    writeFileSync(
      path.join(logs, "server.log"),
      `{"level":30,"msg":"POST /report?name=${encodeURIComponent(name)}"}\n`,
    );
    const { found } = searchAreas(planting, searched, [["logs", path.join(folder, "logs")]]);
    expect(found).toEqual([{ where: "deep/server.log", what: "name", encoding: "url", person: 23 }]);
    for (const value of [name, phone, idNumber]) expect(JSON.stringify(found)).not.toContain(value);
  });
});

describe("the life of a tip", () => {
  const searchedAreas = [
    expect.objectContaining({ area: "database dump" }),
    expect.objectContaining({ area: "data folder, WAL and logs" }),
    expect.objectContaining({ area: "server output, environment and staff pages" }),
  ];

  it("leaves nothing of what 20 reporters said in dump, WAL, logs, environment or pages", async () => {
    const summary = await runCanary({ people: 20, byForms: 5, log: () => undefined });
    expect(summary.found).toEqual([]);
    expect(summary).toMatchObject({
      ok: true,
      people: 20,
      submitted: 19,
      drafts: 1,
      byForms: 5,
      withdrawn: 2,
    });
    expect(summary.searched.slice(0, 3)).toEqual(searchedAreas);
    for (const { files, bytes } of summary.searched)
      expect([files > 50, bytes > 1_000_000]).toEqual([true, true]);
  }, 300_000);

  it("refuses numbers of people that are none", async () => {
    expect(await runScript("tests/canary/run.ts", ["--people", "10001"])).toEqual({
      status: 2,
      stdout: "",
      stderr: "--people: expected a number from 1 to 10000\n",
    });
  }, 60_000);

  it.runIf(process.env.TEST_FULL === "1")(
    "leaves nothing of what 10,000 reporters said",
    async () => {
      const summary = await runCanary({ people: 10_000, byForms: 200, log: () => undefined });
      expect(summary.found).toEqual([]);
      expect(summary).toMatchObject({ ok: true, submitted: 9_510 });
    },
    60 * 60_000,
  );
});
