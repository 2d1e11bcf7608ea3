import { beforeAll, describe, expect, it } from "vitest";
import { listDraftFiles } from "~server/evidence/list-files.server";
import { receiveFiles } from "~server/evidence/receive-files.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { expireDrafts } from "~server/jobs/expire-drafts.server";
import { sweepEvidence } from "~server/jobs/sweep-evidence.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import {
  PDF,
  evidenceFolder,
  evidenceIn,
  filesBelow,
  multipart,
  sendFiles,
  startDraft,
} from "~tests/factories/evidence";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const folder = evidenceFolder();
let portal: TestPortal;
/** The store dates its folders by the machine's clock, so the tests begin today. */
const today = new Date();
const inDays = (days: number) => new Date(today.getTime() + days * 86_400_000).toISOString();

beforeAll(async () => {
  portal = { ...testPortal(test.db, today.toISOString()), evidence: evidenceIn(folder) };
  await installTestPack(portal);
});

const send = (receipt: Receipt, name = "合同.pdf") => sendFiles(portal, receipt, [{ name, bytes: PDF }]);
async function rowsOf(receipt: Receipt): Promise<unknown[]> {
  const { rows } = await test.db.pool.query<Record<string, unknown>>(
    "select state, meta from tip_files where lookup_id = $1",
    [lookupIdOf(receipt)],
  );
  return rows;
}

describe("the sweeper", () => {
  it("drops the files of an expired draft, keys first, and keeps those of a sent report and of a living draft", async () => {
    portal.clock.set(inDays(0));
    const [sent, left, alive] = [
      await startDraft(portal),
      await startDraft(portal),
      await startDraft(portal),
    ];
    for (const receipt of [sent, left, alive]) await send(receipt);
    await submitTip(portal, { receipt: sent, language: "zh-CN" });
    portal.clock.set(inDays(20));
    await send(alive, "又一份.pdf");
    portal.clock.set(inDays(31));
    await expireDrafts(portal.db, portal.clock);
    expect(await rowsOf(left)).toEqual([{ state: "removed", meta: null }]);
    expect(filesBelow(folder)).toHaveLength(3);
    expect(await sweepEvidence(portal)).toEqual({ files: 1, strays: 0 });
    expect(filesBelow(folder)).toHaveLength(2);
    expect(await listDraftFiles(portal, { receipt: alive })).toHaveLength(1);
    expect(await rowsOf(left)).toEqual([]);
    expect(await rowsOf(sent)).toEqual([{ state: "stored", meta: null }]);
    // Nothing is left to do.
    expect(await sweepEvidence(portal)).toEqual({ files: 0, strays: 0 });
  });

  it("drops what was received for a message that was never sent, and chunks no row knows; not before a day is over", async () => {
    portal.clock.set(inDays(0));
    const receipt = await startDraft(portal);
    await submitTip(portal, { receipt, language: "zh-CN" });
    const lookupId = lookupIdOf(receipt);
    const before = filesBelow(folder).length;
    await receiveFiles(portal, multipart([{ name: "a.pdf", bytes: PDF }]), () => ({
      kind: "message",
      lookupId,
    }));
    const stray = "7d0c1c2e-8a53-4a44-9a3b-0a4a1d9f1c13";
    await portal.evidence.store.put({ fileId: stray, part: "original", index: 0 }, [Buffer.alloc(10)]);
    portal.clock.set(inDays(1));
    expect(await sweepEvidence(portal)).toEqual({ files: 0, strays: 0 });
    portal.clock.set(inDays(3));
    expect(await sweepEvidence(portal)).toEqual({ files: 1, strays: 1 });
    expect(filesBelow(folder)).toHaveLength(before);
  });

  it("stopped half-way goes on where it stopped", async () => {
    portal.clock.set(inDays(0));
    const receipt = await startDraft(portal);
    await send(receipt);
    await test.db.pool.query("update tip_files set state = 'removed', meta = null where lookup_id = $1", [
      lookupIdOf(receipt),
    ]);
    const broken = { ...portal.evidence.store, drop: () => Promise.reject(new Error("the power went")) };
    await expect(
      sweepEvidence({ ...portal, evidence: { ...portal.evidence, store: broken } }),
    ).rejects.toThrow();
    expect(await rowsOf(receipt)).toHaveLength(1);
    expect((await sweepEvidence(portal)).files).toBe(1);
    expect(await rowsOf(receipt)).toEqual([]);
  });
});
