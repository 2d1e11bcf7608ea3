import { beforeAll, describe, expect, it } from "vitest";
import type { FileMeta } from "~server/evidence/file-meta";
import { streamFile } from "~server/evidence/stream-file.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { SEALED_CHUNK_BYTES } from "~server/secrecy/file-format";
import { importFileKey, openChunk } from "~server/secrecy/seal-chunk";
import type { StaffActor } from "~server/staff-auth/actor";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { evidenceFolder, evidenceIn, photo, sendFiles, startDraft } from "~tests/factories/evidence";
import { makePerson } from "~tests/factories/make-lead";
import { openField } from "~tests/factories/office-keys";
import { openDatabase } from "~db/client.server";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const folder = evidenceFolder();
let portal: TestPortal;
let file: FileMeta;
let tipId: string;
let leadId: string;

beforeAll(async () => {
  portal = { ...testPortal(test.db), evidence: evidenceIn(folder) };
  await installTestPack(portal);
  const receipt = await startDraft(portal);
  await sendFiles(portal, receipt, [{ name: "现场.jpg", bytes: await photo(9) }]);
  ({ tipId } = await submitTip(portal, { receipt, language: "zh-CN" }));
  const [one] = JSON.parse((await openField(portal, tipId, "files")) ?? "[]") as FileMeta[];
  if (one === undefined) throw new Error("no file");
  file = one;
  const { rows } = await test.db.pool.query<{ lead_id: string }>("select lead_id from tips where id = $1", [
    tipId,
  ]);
  leadId = rows[0]?.lead_id ?? "";
});

/** As the server connects, so that row security speaks too. */
async function stream(actor: StaffActor, part: "original" | "copy" = "original", fileId = file.id) {
  const plain = openDatabase(test.applicationUrl, { max: 1 });
  try {
    const given = await streamFile(
      { db: plain, store: portal.evidence.store },
      { fileId, part, at: portal.clock.now() },
      actor,
    );
    return new Uint8Array(await new Response(given.bytes).arrayBuffer());
  } finally {
    await plain.pool.end();
  }
}

describe("a sent file", () => {
  it("is handed out sealed to triage, which opens it with the key its report holds, and both are events", async () => {
    const triage = await makePerson(portal, "leading-office", ["triage_officer"]);
    const original = await stream(triage);
    expect(original.length).toBe(SEALED_CHUNK_BYTES);
    expect(Buffer.from(original).includes("CANARYPHONE")).toBe(false);
    const key = await importFileKey(Buffer.from(file.key, "base64url"));
    const ref = { fileId: file.id, part: "original", index: 0, last: true } as const;
    const opened = await openChunk(key, ref, original);
    expect(opened?.length).toBe(file.size);
    await stream(triage, "copy");
    const { rows } = await test.db.pool.query(
      "select action, lead_id, data from events where subject_id = $1 and action like 'tip.file%' order by seq",
      [tipId],
    );
    expect(rows).toEqual([
      { action: "tip.file_fetched", lead_id: leadId, data: { tipId } },
      { action: "tip.file_viewed", lead_id: leadId, data: { tipId } },
    ]);
  });

  it("is not there for those who do not read the report, for files not sent, nor for what is no id", async () => {
    const triage = await makePerson(portal, "leading-office", ["triage_officer"]);
    const people = [
      await makePerson(portal, "leading-office", ["auditor"]),
      await makePerson(portal, "leading-office", ["administrator"]),
      await makePerson(portal, "leading-office", ["notice_desk"]),
      await makePerson(portal, "police", ["agency_officer"]),
    ];
    for (const person of people) expect(await refusalOf(stream(person))).toBe("not_found");
    expect(await refusalOf(stream(triage, "original", "../../etc/passwd"))).toBe("not_found");
    const receipt = await startDraft(portal);
    const { outcomes } = await sendFiles(portal, receipt, [{ name: "草稿.jpg", bytes: await photo(10) }]);
    expect(await refusalOf(stream(triage, "original", outcomes[0]?.id ?? ""))).toBe("not_found");
  });

  it("is there for the body that leads the lead once it is dispatched, and for no other", async () => {
    const triage = await makePerson(portal, "leading-office", ["triage_officer"]);
    await dispatchLead(
      portal.db,
      portal.pack,
      {
        leadId,
        version: 1,
        sector: "p2p",
        triage: { suspectedCrime: false, petition: false, nested: false },
        insteadLeadBy: null,
        reason: null,
        at: portal.clock.now(),
      },
      triage,
    );
    const { rows: held } = await test.db.pool.query<{ agency_id: string; relation: string }>(
      "select agency_id, relation from lead_agencies where lead_id = $1 and to_at is null",
      [leadId],
    );
    const of = (relation: string) =>
      held.find((one) => one.relation === relation)?.agency_id.replace(/^jinhua\./, "") ?? "";
    const officer = await makePerson(portal, of("lead"), ["agency_officer"]);
    expect((await stream(officer, "copy")).length).toBe(SEALED_CHUNK_BYTES);
    const helper = held.some(({ relation }) => relation === "cooperating") ? of("cooperating") : null;
    if (helper !== null) {
      const helping = await makePerson(portal, helper, ["agency_officer"]);
      expect(await refusalOf(stream(helping))).toBe("not_found");
    }
  });
});
