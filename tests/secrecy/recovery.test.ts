import fc from "fast-check";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { prepareMake, prepareRecover } from "~/staff-client/keys/prepare-acts";
import { withActor } from "~db/with-actor.server";
import { keepDemoShares } from "~server/demo/keep-demo-shares.server";
import { createRoleKey } from "~server/secrecy/create-role-key.server";
import { listRoleKeys } from "~server/secrecy/list-role-keys.server";
import { makeKeyPair } from "~server/secrecy/hpke";
import { joinForKey, threesOf } from "~server/secrecy/join-for-key";
import { openBundle } from "~server/secrecy/open-bundle";
import { readSealed } from "~server/secrecy/read-sealed.server";
import { recoverRoleKey } from "~server/secrecy/recover-role-key.server";
import { recoveryGrant, type RecoveryGrant } from "~server/secrecy/recovery-request";
import { joinRecoveryShares, readShare, splitRecoveryKey } from "~server/secrecy/recovery-shares";
import { isOpenForReports } from "~server/secrecy/read-role-keys.server";
import {
  makeKey,
  makePersonalKey,
  makeRecoveryKey,
  openKeys,
  ownKeyOf,
  slotOf,
} from "~tests/factories/key-holders";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { runScript } from "~tests/setup/run-script";
import { testPortal, type TestPortal } from "~tests/setup/test-portal";
import { installPack, installSchemes } from "~server/start/install-pack.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";

const folder = mkdtempSync(path.join(tmpdir(), "keys-recovery-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => runScript("server/cli/keys-recovery.ts", args);
const json = (text: string) => JSON.parse(text) as Record<string, unknown>;

type Made = { readonly publicKey: string; readonly shares: string[] };
async function make(name: string): Promise<Made> {
  const { status, stdout } = await run("make", "--out", path.join(folder, name));
  expect(status).toBe(0);
  return json(stdout) as Made;
}

function sharesAt(made: Made, ...places: number[]): string[] {
  return places.map((at) => made.shares[at] ?? "");
}

let own: Made;
let foreign: Made;
beforeAll(async () => {
  [own, foreign] = [await make("own"), await make("foreign")];
});

describe("shares of the recovery key", () => {
  it("give the key back from any three or more, and never from two", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 1 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        async (places, secret) => {
          const written = await splitRecoveryKey(secret);
          const shares = [];
          for (const at of places)
            shares.push((await readShare(` ${written[at] ?? ""}\n`)) ?? new Uint8Array());
          const joined = await joinRecoveryShares(shares);
          expect(joined === null ? null : [...joined]).toEqual(places.length < 3 ? null : [...secret]);
          // The same share again is not another one.
          const [first] = shares;
          if (first !== undefined) expect(await joinRecoveryShares([first, first, first])).toBeNull();
        },
      ),
      { numRuns: 40 },
    );
  });

  it("show any slip in copying", async () => {
    const [share = ""] = await splitRecoveryKey(new Uint8Array(32).fill(7));
    await fc.assert(
      fc.asyncProperty(fc.nat(share.length - 1), fc.constantFrom(..."AaZz09-_."), async (at, letter) => {
        const slipped = share.slice(0, at) + letter + share.slice(at + 1);
        if (slipped === share) return;
        const read = await readShare(slipped);
        // The last letter of base64url may hold bits that carry nothing.
        const same = await readShare(share);
        if (read !== null) expect([...read]).toEqual([...(same ?? [])]);
      }),
      { numRuns: 200 },
    );
    expect(await readShare(share.slice(0, -1))).toBeNull();
  });

  it("of two keys never pass for either", async () => {
    const [one, two] = [await makeKeyPair(), await makeKeyPair()];
    const read = async (pair: typeof one, ...places: number[]) => {
      const written = await splitRecoveryKey(pair.privateKey);
      return Promise.all(
        places.map((at) => readShare(written[at] ?? "").then((share) => share ?? new Uint8Array())),
      );
    };
    const mixed = [...(await read(one, 0, 1)), ...(await read(two, 2))];
    expect(await joinForKey(mixed, one.publicKey)).toBeNull();
    expect(await joinForKey(mixed, two.publicKey)).toBeNull();
    expect(await joinForKey(await read(one, 4, 2, 0), one.publicKey)).not.toBeNull();
    expect(threesOf(5)).toHaveLength(10);
    expect(threesOf(2)).toEqual([]);
  });
});

describe("keys:recovery make", () => {
  it("writes five files for their owner's eyes alone, prints the public key and never a private one", () => {
    expect(own.shares).toHaveLength(5);
    for (const file of own.shares) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(own.publicKey).toMatch(/^[\w-]{43}$/);
  });

  it("never overwrites a share", async () => {
    const before = readFileSync(own.shares[0] ?? "", "utf8");
    const again = await run("make", "--out", path.join(folder, "own"));
    expect(again).toMatchObject({ status: 2, stdout: "" });
    expect(again.stderr.trim().split("\n")).toHaveLength(1);
    expect(readFileSync(own.shares[0] ?? "", "utf8")).toBe(before);
  });
});

describe("keys:recovery check", () => {
  it("says per file whether it was copied well", async () => {
    const bad = path.join(folder, "bad.txt");
    writeFileSync(bad, readFileSync(own.shares[1] ?? "", "utf8").replace(/(.{20})./, "$1~"));
    const [good = ""] = own.shares;
    const { status, stdout } = await run("check", good, bad, path.join(folder, "none"), good);
    expect(status).toBe(1);
    expect(json(stdout).shares).toMatchObject([
      { file: good, ok: true },
      { file: bad, ok: false },
      { ok: false, why: "no such file" },
      { ok: true, sameAs: good },
    ]);
    expect((await run("check", ...own.shares)).status).toBe(0);
  });
});

describe("keys:recovery drill", () => {
  it("proves every three of the shares, and tells nothing of the key", async () => {
    const drilled = await run("drill", "--public", own.publicKey, ...own.shares);
    expect(json(drilled.stdout)).toMatchObject({ ok: true, shares: 5, combinations: 10 });
    expect(Object.keys(json(drilled.stdout)).toSorted()).toEqual([
      "combinations",
      "fingerprint",
      "ok",
      "shares",
    ]);
  });

  it("works with the shares a demo leaves beside its database", async () => {
    const pair = await makeKeyPair();
    await keepDemoShares(folder, {
      recoveryPrivateKey: pair.privateKey,
      recoveryPublicKey: pair.publicKey,
    });
    const at = (name: string) => path.join(folder, "demo-recovery-shares", name);
    const publicKey = readFileSync(at("public-key.txt"), "utf8").trim();
    const shares = [1, 3, 5].map((n) => at(`share-${n}.txt`));
    expect((await run("drill", "--public", publicKey, ...shares)).status).toBe(0);
  });

  it.each<[string, () => string[]]>([
    ["two shares", () => ["--public", own.publicKey, ...sharesAt(own, 0, 1)]],
    ["one share twice", () => ["--public", own.publicKey, ...sharesAt(own, 0, 1, 1)]],
    [
      "shares of two keys",
      () => ["--public", own.publicKey, ...sharesAt(own, 0, 1, 2), ...sharesAt(foreign, 3)],
    ],
    ["shares of another key", () => ["--public", own.publicKey, ...sharesAt(foreign, 0, 1, 2)]],
    ["no public key", () => sharesAt(own, 0, 1, 2)],
    ["a public key cut short", () => ["--public", own.publicKey.slice(1), ...sharesAt(own, 0, 1, 2)]],
    ["a file that is no share", () => ["--public", own.publicKey, "package.json", ...sharesAt(own, 0, 1)]],
    ["an unknown option", () => ["--private", own.publicKey]],
  ])("refuses %s with one line and exit 2", async (_what, args) => {
    const refused = await run("drill", ...args());
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr.trim().split("\n")).toHaveLength(1);
    expect(refused.stderr).not.toContain("tipoff-recovery-1.");
  });
});

describe("a role whose only members lost every passkey", () => {
  const test = testDatabase();
  let portal: TestPortal;
  let triage: StaffActor;
  let tipId: string;

  // An office as it is made for real: the recovery key from the command, each slot's key by its own member.
  beforeAll(async () => {
    portal = testPortal(test.db);
    await withActor(portal.db, systemActor("test"), async (tx) => {
      await installPack(tx, portal.pack);
      await installSchemes(tx);
    });
    const administrator = await makePerson(portal, "leading-office", ["administrator"]);
    const second = await makePerson(portal, "leading-office", ["administrator"]);
    triage = await makePerson(portal, "leading-office", ["triage_officer"]);
    const others = [
      await makePerson(portal, "leading-office", ["notice_desk"]),
      await makePerson(portal, "leading-office", ["identity_custodian"]),
      await makePerson(portal, "petition", ["identity_custodian"]),
    ] as const;
    for (const person of [triage, ...others]) await makePersonalKey(portal, person);
    const early = await prepareMake("triage", await ownKeyOf(portal, triage), await ownKeyOf(portal, triage));
    expect(await refusalOf(createRoleKey(portal.db, { ...early, at: portal.clock.now() }, triage))).toBe(
      "recovery_key_missing",
    );
    await makeRecoveryKey(portal, own.publicKey, [administrator, second]);
    const isOpen = () => withActor(portal.db, administrator, isOpenForReports);
    await makeKey(portal, triage, "triage");
    await makeKey(portal, others[0], "notice_desk");
    await makeKey(portal, others[1], "custodian_a");
    expect(await isOpen()).toBe(false);
    await makeKey(portal, others[2], "custodian_b");
    expect(await isOpen()).toBe(true);
    ({ tipId } = await sendReport(portal));
  });

  let request: string;
  beforeEach(async () => {
    // Every passkey is lost: the old personal key can never be opened again, a new one is made.
    await portal.db.pool.query(
      `update key_grants set revoked_at = now() where revoked_at is null and personal_key_id in
         (select id from personal_keys where staff_id = $1)`,
      [triage.id],
    );
    await portal.db.pool.query(
      "update personal_keys set retired_at = now() where staff_id = $1 and retired_at is null",
      [triage.id],
    );
    await makePersonalKey(portal, triage);
    const view = await slotOf(portal, triage, "triage");
    expect(view).toMatchObject({ held: false, mine: true });
    expect(view.requests).toHaveLength(1);
    request = path.join(folder, "request.json");
    writeFileSync(request, JSON.stringify(view.requests[0]));
  });

  const readTip = async () => {
    const view = await withActor(portal.db, triage, (tx) =>
      readSealed(tx, { tipIds: [tipId], fields: ["narrative"] }, triage),
    );
    const bundle = view(tipId, "narrative");
    if (bundle.state !== "sealed") return bundle;
    return openBundle(bundle, (await openKeys(portal, triage)).roleKeys);
  };

  const opened = async (shares: string[]): Promise<RecoveryGrant> => {
    const { status, stdout, stderr } = await run("open", "--request", request, ...shares);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return recoveryGrant.parse(JSON.parse(stdout));
  };

  const recover = (grant: RecoveryGrant, actor = triage) =>
    refusalOf(recoverRoleKey(portal.db, { ...grant, at: portal.clock.now() }, actor));

  it("is recovered with three of the five shares, and then opens an old tip", async () => {
    expect(await readTip()).toEqual({ state: "no_key" });
    const grant = await opened(sharesAt(own, 4, 0, 2));
    const { requests } = await slotOf(portal, triage, "triage");
    const act = await prepareRecover(grant, requests, await openKeys(portal, triage));
    expect(act).not.toBeNull();
    expect(await recover(grant)).toBe("accepted");
    expect(await readTip()).toMatchObject({ state: "open" });
    expect((await slotOf(portal, triage, "triage")).requests).toEqual([]);
    const { rows } = await portal.db.pool.query(
      "select 1 from events where action = 'keys.recovered' and subject_id = $1",
      [triage.id],
    );
    expect(rows).toHaveLength(1);
    expect(await recover(grant)).toBe("already_granted");
  });

  it.each<[string, () => string[]]>([
    ["two shares", () => sharesAt(own, 0, 1)],
    ["shares of two different keys", () => [...sharesAt(own, 0, 1), ...sharesAt(foreign, 2)]],
    ["three shares of another key", () => sharesAt(foreign, 0, 1, 2)],
  ])("is not recovered with %s", async (_what, shares) => {
    const refused = await run("open", "--request", request, ...shares());
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr.trim().split("\n")).toHaveLength(1);
  });

  it("is not recovered from a request whose role key was exchanged, or which is none", async () => {
    const asked = JSON.parse(readFileSync(request, "utf8")) as {
      roleKey: { publicKey: string; epoch: number };
    };
    const shares = sharesAt(own, 0, 1, 2);
    for (const twisted of [
      { ...asked, roleKey: { ...asked.roleKey, publicKey: foreign.publicKey } },
      { ...asked, roleKey: { ...asked.roleKey, epoch: 9 } },
      { ...asked, grant: undefined },
      "no request",
    ]) {
      writeFileSync(request, JSON.stringify(twisted));
      expect(await run("open", "--request", request, ...shares)).toMatchObject({ status: 2, stdout: "" });
    }
    expect((await run("open", "--request", path.join(folder, "none"), ...shares)).status).toBe(2);
  });

  it("is recovered for the person who asked, while they are a member, and for nobody else", async () => {
    const grant = await opened(sharesAt(own, 1, 2, 3));
    const colleague = await makePerson(portal, "leading-office", ["triage_officer"]);
    await makePersonalKey(portal, colleague);
    expect(await recover(grant, colleague)).toBe("recovered_for_another");
    const stranger = await makePerson(portal, "police", ["agency_officer"]);
    expect(await recover(grant, stranger)).toBe("not_found");
    const { requests } = await slotOf(portal, colleague, "triage");
    expect(await prepareRecover(grant, requests, await openKeys(portal, colleague))).toBeNull();
    const { slots } = await listRoleKeys(portal.db, stranger);
    expect(slots.flatMap((view) => view.requests)).toEqual([]);
    // A result that does not hold the key asked for is found before it is sent.
    const mine = await slotOf(portal, triage, "triage");
    const bad = { ...grant, body: "A".repeat(64) };
    expect(await prepareRecover(bad, mine.requests, await openKeys(portal, triage))).toBeNull();
  });
});
