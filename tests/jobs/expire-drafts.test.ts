import { describe, expect, it } from "vitest";
import { readDraft } from "~server/intake/read-draft.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { expireDrafts } from "~server/jobs/expire-drafts.server";
import { createReceipt } from "~server/secrecy/receipt";
import { PDF, evidenceFolder, evidenceIn, sendFiles } from "~tests/factories/evidence";
import { reportAnswers } from "~tests/factories/report-answers";
import { testDatabase } from "~tests/setup/database";
import { testPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const folder = evidenceFolder();

describe("expiring drafts", () => {
  it("deletes a draft untouched for 30 days and keeps one touched since", async () => {
    const portal = testPortal(test.db, "2026-03-01T02:00:00Z");
    const [old, touched] = [createReceipt(), createReceipt()];
    const save = (receipt: typeof old) =>
      saveDraft(portal.db, { receipt, raw: reportAnswers(), at: portal.clock.now() });
    await save(old);
    await save(touched);
    portal.clock.set("2026-03-20T02:00:00Z");
    await save(touched);
    portal.clock.set("2026-03-31T02:00:00Z");
    expect((await expireDrafts(portal.db, portal.clock)).drafts).toBe(0);
    portal.clock.set("2026-04-01T02:00:00Z");
    expect((await expireDrafts(portal.db, portal.clock)).drafts).toBe(1);
    expect(await readDraft(portal, { receipt: old })).toBeNull();
    expect((await readDraft(portal, { receipt: touched }))?.kind).toBe("draft");
  });

  it("deletes one without an answer after 2 days, also with files in it, and not once anything is answered", async () => {
    const portal = {
      ...testPortal(test.db, "2026-05-01T02:00:00Z"),
      evidence: evidenceIn(folder),
    };
    const [empty, answered] = [createReceipt(), createReceipt()];
    const at = portal.clock.now();
    for (const receipt of [empty, answered]) {
      await saveDraft(portal.db, { receipt, raw: { mode: { mode: " " } }, at });
    }
    await saveDraft(portal.db, { receipt: answered, raw: { mode: { mode: "anonymous" } }, at });
    for (const receipt of [empty, answered]) {
      const { outcomes } = await sendFiles(portal, receipt, [{ name: "a.pdf", bytes: PDF }]);
      expect(outcomes).toMatchObject([{ state: "stored" }]);
    }
    await expireDrafts(portal.db, portal.clock);
    portal.clock.set("2026-05-03T02:00:00Z");
    expect((await readDraft(portal, { receipt: empty }))?.kind).toBe("draft");
    expect((await expireDrafts(portal.db, portal.clock)).drafts).toBe(0);
    portal.clock.set("2026-05-04T02:00:00Z");
    expect((await expireDrafts(portal.db, portal.clock)).drafts).toBe(1);
    expect(await readDraft(portal, { receipt: empty })).toBeNull();
    expect((await readDraft(portal, { receipt: answered }))?.kind).toBe("draft");
  });
});
