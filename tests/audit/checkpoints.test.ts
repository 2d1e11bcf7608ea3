import { mkdirSync, readFileSync, rmSync, writeFileSync, appendFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readCheckpoints } from "~server/audit/checkpoint-files.server";
import { makeRoots } from "~server/audit/make-roots.server";
import { sealEvents } from "~server/audit/seal-events.server";
import {
  findMissingCheckpoints,
  readCheckpointTrouble,
  writeCheckpoints,
} from "~server/audit/write-checkpoints.server";
import { keepChain } from "~server/jobs/keep-chain.server";
import { testDatabase } from "~tests/setup/database";
import { tamper, threeDays } from "./chain-desk";

const test = testDatabase();
const desk = threeDays(test);
const { folder, file, verify } = desk;

describe("the checkpoint files", () => {
  it("get every root they lack, and none twice", async () => {
    writeFileSync(file, desk.kept.split("\n").slice(0, 1).join("\n") + "\n");
    await writeCheckpoints(desk.portal);
    await writeCheckpoints(desk.portal);
    expect(readFileSync(file, "utf8")).toBe(desk.kept);
  });

  it("survive a crash in the middle of a line", async () => {
    const [first = "", second = ""] = desk.kept.split("\n");
    writeFileSync(file, `${first}\n`);
    appendFileSync(file, second.slice(0, 30));
    expect((await verify()).ok).toBe(true);
    await writeCheckpoints(desk.portal);
    expect(readFileSync(file, "utf8")).toBe(`${first}\n${second.slice(0, 30)}\n${second}\n`);
    expect(await verify()).toMatchObject({ ok: true, checkpoints: 2 });
  });

  it("catch up with the days a stopped portal missed, each with the chain as it stood that day", async () => {
    desk.portal.clock.set("2026-03-08T01:00:00Z");
    await sealEvents(test.db);
    expect(await makeRoots(test.db, desk.portal.clock)).toEqual([
      "2026-03-04",
      "2026-03-05",
      "2026-03-06",
      "2026-03-07",
    ]);
    expect(await makeRoots(test.db, desk.portal.clock)).toEqual([]);
    await writeCheckpoints(desk.portal);
    const [, , ...caught] = readFileSync(file, "utf8").trim().split("\n");
    expect(caught.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "2026-03-04 14",
      "2026-03-05 14",
      "2026-03-06 14",
      "2026-03-07 14",
    ]);
    expect((await verify()).ok).toBe(true);
    desk.portal.clock.set("2026-03-04T01:00:00Z");
  });

  it("a day is not rooted in the ten minutes after it ends", async () => {
    desk.portal.clock.set("2026-03-04T16:05:00Z");
    expect(await makeRoots(test.db, desk.portal.clock)).toEqual([]);
    desk.portal.clock.set("2026-03-04T16:11:00Z");
    await sealEvents(test.db);
    expect(await makeRoots(test.db, desk.portal.clock)).toEqual(["2026-03-04"]);
  });

  it("two portals on one database root a day once", async () => {
    desk.portal.clock.set("2026-03-05T01:00:00Z");
    await sealEvents(test.db);
    const made = await Promise.all([1, 2, 3].map(() => makeRoots(test.db, desk.portal.clock)));
    expect(made.flat()).toEqual(["2026-03-04"]);
  });
});

describe("a root without its checkpoint", () => {
  const lost = async () =>
    (await findMissingCheckpoints({ db: test.db, folder, now: desk.portal.clock.now() })).lost.map(
      ({ day }) => day,
    );

  it("is a fault, but for the newest day's", async () => {
    const [first, second] = desk.kept.split("\n");
    writeFileSync(file, `${first ?? ""}\n`);
    expect((await verify()).ok).toBe(true);
    writeFileSync(file, `${second ?? ""}\n`);
    expect((await verify()).fault).toEqual({
      position: "5",
      seq: null,
      what: "checkpoint missing",
      where: "2026-03-02",
    });
  });

  it.each(["an emptied file", "a missing file", "a missing folder"])(
    "is never written anew by itself: %s stays as it is, and is told",
    async (what) => {
      if (what === "an emptied file") writeFileSync(file, "");
      else rmSync(file);
      if (what === "a missing folder") rmSync(folder, { recursive: true });
      expect((await verify()).fault).toMatchObject({ what: "checkpoint missing", where: "2026-03-02" });
      const written = await writeCheckpoints(desk.portal);
      expect(written.lost.map(({ day }) => day)).toEqual(["2026-03-02", "2026-03-03"]);
      expect(readCheckpoints(folder)).toEqual([]);
      expect(await readCheckpointTrouble(desk.portal)).toEqual({
        kind: "lost",
        roots: 2,
        firstDay: "2026-03-02",
        lastDay: "2026-03-03",
      });
      mkdirSync(folder, { recursive: true });
    },
  );

  it("taken out of the middle is never written anew, and nothing more until somebody decides", async () => {
    writeFileSync(file, desk.kept.split("\n").slice(1).join("\n"));
    desk.portal.clock.set("2026-03-05T01:00:00Z");
    await sealEvents(test.db);
    await makeRoots(test.db, desk.portal.clock);
    const before = readFileSync(file, "utf8");
    expect((await writeCheckpoints(desk.portal)).lost.map(({ day }) => day)).toEqual(["2026-03-02"]);
    expect(readFileSync(file, "utf8")).toBe(before);
    desk.portal.clock.set("2026-03-04T01:00:00Z");
  });

  it("at the files' end is written as a matter of course on its day, and a day later no more", async () => {
    writeFileSync(file, `${desk.kept.split("\n")[0] ?? ""}\n`);
    expect(await lost()).toEqual([]);
    await tamper(
      test.owner,
      "update audit_roots set made_at = now() - interval '25 hours' where day = '2026-03-03'",
    );
    expect(await lost()).toEqual(["2026-03-03"]);
    await writeCheckpoints(desk.portal);
    expect(readFileSync(file, "utf8")).toBe(`${desk.kept.split("\n")[0] ?? ""}\n`);
  });

  it("is written into an empty folder when it is the portal's first", async () => {
    writeFileSync(file, "");
    await tamper(test.owner, "delete from audit_roots where day = '2026-03-03'");
    expect((await writeCheckpoints(desk.portal)).lost).toEqual([]);
    expect(readFileSync(file, "utf8")).toBe(`${desk.kept.split("\n")[0] ?? ""}\n`);
    expect(await readCheckpointTrouble(desk.portal)).toBeNull();
  });

  it("is told where the folder cannot be read at all", async () => {
    const blocked = {
      ...desk.portal,
      env: { ...desk.portal.env, checkpointDir: path.join(folder, "2026-04.txt") },
    };
    writeFileSync(blocked.env.checkpointDir, "");
    expect(await readCheckpointTrouble(blocked)).toEqual({ kind: "unreadable" });
    rmSync(blocked.env.checkpointDir);
  });

  it("is told in the log once when the portal starts", async () => {
    writeFileSync(file, "");
    const stop = keepChain(desk.portal);
    await expect.poll(() => desk.portal.logged()).toContain("checkpoints_missing");
    await stop();
    expect(desk.portal.logged()).toContain("--adopt-checkpoints");
    expect(readCheckpoints(folder)).toEqual([]);
  });
});
