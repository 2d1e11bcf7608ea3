import { execFile } from "node:child_process";
import { createHash, createPublicKey, verify } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { bundleSchema, verifyBundle, type ApprovalBundle } from "~server/rewards/approval-bundle";
import { exportApprovals } from "~server/rewards/export-approvals.server";
import { acceptDeputy, nameDeputy } from "~server/rewards/name-deputy.server";
import {
  CLOCK,
  SIGNING,
  TODAY,
  approveTo,
  makeAward,
  makeDesk,
  signAs,
  type Desk,
} from "~tests/factories/make-award";
import { makeStaff } from "~tests/factories/make-staff";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";

const test = testDatabase();
let desk: Desk;
let whole: ApprovalBundle;
let other: ApprovalBundle;

type Step = ApprovalBundle["steps"][number];

beforeAll(async () => {
  desk = await makeDesk(test.db);
  whole = await bundleOf(async (awardId) => {
    const deputy = await makeStaff(test.db, ["finance_reviewer"]);
    const input = { deputyId: deputy.actor.id, role: "finance_approver" as const };
    const days = { fromOn: TODAY, untilOn: TODAY };
    const { delegationId } = await nameDeputy(test.db, { ...input, ...days }, desk.approver.actor, CLOCK);
    await acceptDeputy(test.db, { delegationId }, deputy.actor, CLOCK);
    await signAs(test.db, deputy, awardId, "approve");
  });
  other = await bundleOf((awardId) => signAs(test.db, desk.approver, awardId, "approve"));
});

async function bundleOf(approve: (awardId: string) => Promise<unknown>): Promise<ApprovalBundle> {
  const award = await makeAward(test.db, desk);
  await approveTo(test.db, desk, award.awardId, "reviewed");
  await approve(award.awardId);
  const bundle = await exportApprovals(test.db, award, desk.reviewer.actor);
  return JSON.parse(JSON.stringify(bundle)) as ApprovalBundle;
}

async function faultsOf(change: (bundle: ApprovalBundle) => void): Promise<string[]> {
  const copy = structuredClone(whole);
  change(copy);
  const faults = await verifyBundle(bundleSchema.parse(copy));
  return faults.map(({ rule, id }) => `${rule} @ ${id}`);
}

const step = (bundle: ApprovalBundle, at: number): Step => {
  const found = bundle.steps[at];
  if (found === undefined) throw new Error("no such step");
  return found;
};

describe("an approval bundle", () => {
  it("verifies as it is, and holds no name", async () => {
    expect(await faultsOf(() => undefined)).toEqual([]);
    expect(whole.steps.map(({ action }) => action)).toEqual(["prepare", "review", "approve"]);
    expect(step(whole, 2).delegation).not.toBeNull();
    expect(JSON.stringify(whole)).not.toContain("王一");
  });

  it("is not there for who may not see money", async () => {
    const officer = await makeStaff(test.db, ["agency_officer"]);
    const { award } = JSON.parse(whole.voucher.body) as { award: string };
    expect(await refusalOf(exportApprovals(test.db, { awardId: award }, officer.actor))).toBe("not_found");
  });

  it("changed by one 分 is named, as is every signature over it", async () => {
    const faults = await faultsOf(({ voucher }) => {
      voucher.body = voucher.body.replace('"amount":"4999500"', '"amount":"4999501"');
    });
    expect(faults).toContain(`10 a voucher has the hash of its words @ ${whole.voucher.id}`);
    expect(faults.filter((fault) => fault.startsWith("10 the signed words are those"))).toHaveLength(3);
  });

  it("with the hash made to fit is named by its signatures", async () => {
    const faults = await faultsOf(({ voucher }) => {
      voucher.body = voucher.body.replace('"amount":"4999500"', '"amount":"4999501"');
      voucher.hash = createHash("sha256").update(voucher.body).digest("hex");
    });
    expect(faults).toHaveLength(3);
  });

  it.each<[string, number, (bundle: ApprovalBundle) => void, string]>([
    [
      "a signature of another voucher",
      1,
      (bundle) => Object.assign(step(bundle, 1), { signature: step(other, 1).signature }),
      "10 a step's signature verifies",
    ],
    [
      "a step under a revoked grant",
      0,
      (bundle) => {
        step(bundle, 0).grant.revokedAt = "2026-05-31T00:00:00.000Z";
      },
      "9 a step is taken under a live grant of its role",
    ],
    [
      "a key of somebody else",
      0,
      (bundle) => {
        step(bundle, 0).key.staffId = step(bundle, 1).actorId;
      },
      "10 a step is signed with its actor's passkey",
    ],
    [
      "a deputy whose days were over",
      2,
      (bundle) => Object.assign(step(bundle, 2), { signedAt: "2026-06-02T02:00:00.000Z" }),
      "9 a deputy signs within what both agreed on",
    ],
    [
      "a key in PEM that is another",
      0,
      (bundle) => {
        step(bundle, 0).publicKeyPem = step(bundle, 1).publicKeyPem;
      },
      "10 a key is the same in both its spellings",
    ],
  ])("with %s is named", async (_, at, change, rule) => {
    expect(await faultsOf(change)).toEqual([`${rule} @ ${step(whole, at).id}`]);
  });

  it("without a step in between, and without the last, is named", async () => {
    const gap = await faultsOf(({ steps }) => steps.splice(1, 1));
    expect(gap).toContain(`10 a step names the hash of the one before it @ ${step(whole, 2).id}`);
    expect(await faultsOf(({ steps }) => steps.pop())).toEqual([
      `9 an award stands where its signatures put it @ ${whole.voucher.id}`,
    ]);
  });

  it("checks with ordinary tools as the page says: SHA-256 and the key in PEM", () => {
    const { publicKeyPem, authenticatorData, clientDataJson, signature, signedBody } = step(whole, 0);
    const clientData = Buffer.from(clientDataJson, "base64url");
    const challenge = createHash("sha256").update(signedBody).digest("base64url");
    expect(JSON.parse(clientData.toString())).toMatchObject({ challenge });
    const signed = Buffer.concat([
      Buffer.from(authenticatorData, "base64url"),
      createHash("sha256").update(clientData).digest(),
    ]);
    const key = createPublicKey(publicKeyPem ?? "");
    expect(verify("sha256", signed, key, Buffer.from(signature, "base64url"))).toBe(true);
  });

  it("is judged by the command: 0 when it holds, 1 when not, 2 for another file", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "bundle-"));
    const run = async (name: string, content: unknown, ...site: string[]) => {
      const file = path.join(folder, name);
      await writeFile(file, JSON.stringify(content));
      const args = ["--import", "tsx", "server/cli/approvals-verify.ts", file, ...site];
      return promisify(execFile)(process.execPath, args).then(
        ({ stdout }) => ({ code: 0, stdout }),
        (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
      );
    };
    // A bundle names its own site: it is held against the one the reader knows.
    const { origin, rpId } = SIGNING;
    const [good, elsewhere, none] = await Promise.all([
      run("good.json", whole, "--origin", origin, "--rp-id", rpId),
      run("elsewhere.json", whole, "--origin", "https://evil.example"),
      run("none.json", { kind: "something" }),
    ]);
    expect([good.code, elsewhere.code, none.code]).toEqual([0, 1, 2]);
    const told = JSON.parse(good.stdout) as { sites: object[]; keys: { sha256: string }[] };
    expect(told).toMatchObject({ ok: true, steps: 3, faults: [], sites: [{ origin, rpId }] });
    expect(told.keys).toHaveLength(3);
    for (const { sha256 } of told.keys) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(elsewhere.stdout)).toMatchObject({ ok: false, heldAgainst: { rpId: null } });
    expect(elsewhere.stdout).toContain("the site it is held against");
    await rm(folder, { recursive: true });
  }, 60_000);
});
