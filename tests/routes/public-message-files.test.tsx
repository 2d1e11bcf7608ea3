import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { StatusForm } from "~/components/citizen/StatusForm";
import { StatusResult } from "~/components/citizen/StatusResult";
import { readFileList } from "~/components/staff/FileItems";
import * as status from "~/routes/_public.status";
import { fixedClock } from "~server/clock";
import type { FileMeta } from "~server/evidence/file-meta";
import { MAX_FILES, MAX_MESSAGE_FILES } from "~server/evidence/limits";
import { readOpened } from "~server/evidence/read-opened.server";
import { streamFile } from "~server/evidence/stream-file.server";
import { withdrawTip } from "~server/intake/withdraw-tip.server";
import type { OpenedStatus, StatusRefusal } from "~server/messages/act-on-status.server";
import { listThread } from "~server/messages/list-thread.server";
import { MESSAGES_A_DAY } from "~server/messages/message-rules";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { spellReceipt, type Receipt } from "~server/secrecy/receipt";
import { importFileKey } from "~server/secrecy/seal-chunk";
import { openForStaff } from "~server/secrecy/staff-message";
import type { StaffActor } from "~server/staff-auth/actor";
import {
  HEIC,
  PDF,
  evidenceFolder,
  evidenceIn,
  filesBelow,
  photo,
  type Sent,
} from "~tests/factories/evidence";
import { makePerson } from "~tests/factories/make-lead";
import { reportWithReceipt, sayAsReporter } from "~tests/factories/make-thread";
import { holdKeys } from "~tests/factories/office-keys";
import { testDatabase } from "~tests/setup/database";
import { answerOf, citizen, htmlIn, publicPortal, TODAY, type Answer } from "./public-portal";

const database = testDatabase();
const folder = evidenceFolder();
let portal: Portal & { clock: ReturnType<typeof fixedClock> };
let triage: { actor: StaffActor; keyring: OpenKeyring };
let sent: { receipt: Receipt; tipId: string; leadId: string };

beforeAll(async () => {
  const clock = fixedClock(`${TODAY}T02:00:00Z`);
  portal = { ...(await publicPortal(database.db)), clock, evidence: evidenceIn(folder) };
  const actor = await makePerson(portal, "leading-office", ["triage_officer"]);
  triage = { actor, keyring: await holdKeys(portal, actor) };
});
beforeEach(async () => {
  portal.clock.set(`${TODAY}T02:00:00Z`);
  sent = await reportWithReceipt(portal);
});

/** A post of the page's form as a browser makes it: its fields in their order, the button's last. */
function post(fields: Record<string, string>, files: readonly Sent[]): Promise<Answer> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const { name, bytes } of files) form.append("files", new Blob([new Uint8Array(bytes)]), name);
  // What a file field left empty sends.
  if (files.length === 0) form.append("files", new Blob([]), "");
  form.append("intent", "message");
  const { context, params } = citizen(portal).get("/status");
  const request = new Request("http://localhost:3000/status", { method: "POST", body: form });
  return answerOf(() => status.action({ request, context, params }));
}

async function opened(): Promise<OpenedStatus> {
  const receipt = spellReceipt(sent.receipt).numbers.join(" ");
  const answer = await answerOf(() => status.action(citizen(portal).post("/status", [["receipt", receipt]])));
  return answer.data as OpenedStatus;
}

const send = ({ token, formId }: OpenedStatus, text: string, files: readonly Sent[]) =>
  post({ token, formId, text }, files);
const html = (data: unknown) =>
  htmlIn("zh-CN", <StatusResult {...(data as Parameters<typeof StatusResult>[0])} />);
const rowsOf = async () =>
  (
    await database.owner.query<{ tip_id: string | null; message_id: string | null; meta: Buffer | null }>(
      "select tip_id, message_id, meta from tip_files where lookup_id = $1",
      [lookupIdOf(sent.receipt)],
    )
  ).rows;

/** The messages of the report as a member of triage opens them. */
async function openedByStaff() {
  const thread = await listThread(portal.db, { ...sent, before: null }, triage.actor);
  return Promise.all(
    thread.messages.map(async ({ id, direction, kind, ...message }) => {
      const bundle = { state: "sealed" as const, message: { id, tipId: sent.tipId, direction }, ...message };
      const result = await openForStaff({ ...bundle, keys: thread.keys }, triage.keyring.roleKeys);
      if (result.state !== "open") throw new Error(result.state);
      return {
        kind,
        text: result.content.text,
        files: readFileList(JSON.stringify(result.content.files ?? [])),
      };
    }),
  );
}

async function originalOf(file: FileMeta): Promise<Buffer> {
  const key = await importFileKey(Buffer.from(file.key, "base64url"));
  const parts: Uint8Array[] = [];
  const of = { fileId: file.id, part: "original", key, size: file.size } as const;
  for await (const bytes of readOpened(portal.evidence.store, of)) parts.push(bytes);
  return Buffer.concat(parts);
}

describe("files sent with a message", () => {
  test("are opened by staff out of the message, and nothing of them is plain", async () => {
    const picture = await photo(4);
    const answer = await send(await opened(), "补充合同和照片", [
      { name: "合同.pdf", bytes: PDF },
      { name: "门口.jpg", bytes: picture },
    ]);
    expect(answer).toMatchObject({ status: 200, data: { sent: "message", wrong: null } });
    expect(html(answer.data)).toContain("附有 2 个文件");
    const [message] = await openedByStaff();
    expect(message).toMatchObject({ kind: "evidence", text: "补充合同和照片" });
    expect(message?.files?.map(({ name, type }) => [name, type])).toEqual([
      ["合同.pdf", "pdf"],
      ["门口.jpg", "jpg"],
    ]);
    const [first, second] = message?.files ?? [];
    if (first === undefined || second === undefined) throw new Error("two files");
    expect(await originalOf(first)).toEqual(PDF);
    expect(await originalOf(second)).toEqual(picture);
    expect(second.copy).not.toBeNull();
    const ground = { db: portal.db, store: portal.evidence.store };
    const at = portal.clock.now();
    expect(await streamFile(ground, { fileId: first.id, part: "original", at }, triage.actor)).toMatchObject({
      chunks: 1,
    });
    for (const row of await rowsOf()) expect(row).toMatchObject({ tip_id: sent.tipId, meta: null });
  });

  test("may come without a word; a form without files is a message as before", async () => {
    const first = await send(await opened(), "", [{ name: "合同.pdf", bytes: PDF }]);
    expect(first).toMatchObject({ status: 200, data: { sent: "message" } });
    expect(await send(first.data as OpenedStatus, "只有字", [])).toMatchObject({ status: 200 });
    expect(await openedByStaff()).toMatchObject([
      { kind: "evidence", text: "" },
      { kind: "text", text: "只有字", files: [] },
    ]);
    expect(await send(await opened(), " ", [])).toMatchObject({
      status: 400,
      data: { wrong: { fault: "empty" } },
    });
  });

  test("twice by one form are kept once; other files by the same form are another message", async () => {
    const page = await opened();
    await send(page, "一", [{ name: "合同.pdf", bytes: PDF }]);
    const before = filesBelow(folder).length;
    await send(page, "一", [{ name: "合同.pdf", bytes: PDF }]);
    expect(filesBelow(folder)).toHaveLength(before);
    expect(await rowsOf()).toHaveLength(1);
    await send(page, "一", [{ name: "另一份.txt", bytes: Buffer.from("另一份合同") }]);
    expect(await openedByStaff()).toHaveLength(2);
  });

  test("of which one is refused are told by name; the words stay, nothing is sent and nothing kept", async () => {
    const before = filesBelow(folder).length;
    const answer = await send(await opened(), "写了很久的话", [
      { name: "合同.pdf", bytes: PDF },
      { name: "IMG_2.HEIC", bytes: HEIC },
    ]);
    expect(answer).toMatchObject({
      status: 400,
      data: { wrong: { fault: "files", files: [{ name: "IMG_2.HEIC", reason: "heic" }] }, sent: null },
    });
    const page = html(answer.data);
    expect(page).toMatch(
      /data-error-summary="true".*href="#files"[^>]*>IMG_2\.HEIC：这是苹果手机的 HEIC 照片/s,
    );
    expect(page).toMatch(/<textarea[^>]*id="text"[^>]*>写了很久的话/);
    expect(page).toContain("消息还没有发送");
    expect(await openedByStaff()).toEqual([]);
    expect(await rowsOf()).toEqual([]);
    expect(filesBelow(folder)).toHaveLength(before);
  });

  test("more than five are refused, and so are more than twenty in a day", async () => {
    const some = (count: number, from = 0) =>
      Array.from({ length: count }, (_none, at) => ({
        name: `${from + at}.txt`,
        bytes: Buffer.from(`第 ${from + at} 份`),
      }));
    const many = await send(await opened(), "六份", some(MAX_MESSAGE_FILES + 1));
    expect(many.data).toMatchObject({ wrong: { files: [{ name: "5.txt", reason: "too_many_message" }] } });
    for (let at = 0; at < MAX_FILES; at += MAX_MESSAGE_FILES) {
      expect(await send(await opened(), "", some(MAX_MESSAGE_FILES, at))).toMatchObject({ status: 200 });
    }
    const full = await send(await opened(), "再一份", some(1));
    expect(full).toMatchObject({ status: 400, data: { wrong: { fault: "tooManyFiles" } } });
    expect(html(full.data)).toContain("再一份");
    portal.clock.set("2026-11-22T02:00:00Z");
    expect(await send(await opened(), "再一份", some(1))).toMatchObject({ status: 200 });
  });

  test("are twenty a day however many forms come at once, each message with all of its files or none", async () => {
    const pages = await Promise.all(Array.from({ length: 6 }, opened));
    const sizes = [5, 5, 5, 4, 3, 2];
    const answers: Answer[] = [];
    // Three of a report at once have a place to arrive in.
    await Promise.all(
      pages.map(async (page, form) => {
        const files = Array.from({ length: sizes[form] ?? 0 }, (_none, at) => ({
          name: `${form}-${at}.txt`,
          bytes: Buffer.from(`第 ${form} 张表的第 ${at} 份`),
        }));
        for (;;) {
          const answer = await send(page, `第 ${form} 条`, files);
          const { wrong } = answer.data as OpenedStatus;
          if (wrong?.files.some(({ reason }) => reason === "busy")) continue;
          answers.push(answer);
          return;
        }
      }),
    );
    const messages = await openedByStaff();
    const files = messages.flatMap((message) => message.files ?? []);
    expect(files.length).toBeLessThanOrEqual(MAX_FILES);
    expect(files.length).toBeGreaterThan(MAX_FILES - MAX_MESSAGE_FILES);
    expect(messages).toHaveLength(answers.filter(({ status }) => status === 200).length);
    expect(answers.some(({ status }) => status === 400)).toBe(true);
    for (const { files: own = [], text } of messages) expect(own).toHaveLength(sizes[Number(text[2])] ?? 0);
    // What was not sent is gone, on the disk as well.
    expect(await rowsOf()).toHaveLength(files.length);
    await expect(
      database.owner.query(
        `insert into tip_files (id, lookup_id, tip_id, message_id, ordinal, state, added_on)
         select gen_random_uuid(), lookup_id, tip_id, message_id, 0, 'stored', added_on
           from tip_files, generate_series(1, 6) where id = (select id from tip_files where lookup_id = $1 limit 1)`,
        [lookupIdOf(sent.receipt)],
      ),
    ).rejects.toMatchObject({ constraint: "tip_files_day" });
  });

  test("whose form breaks off leave nothing, not even those that came whole", async () => {
    const before = filesBelow(folder).length;
    const { token, formId } = await opened();
    const form = new FormData();
    for (const [name, value] of Object.entries({ token, formId, text: "断了" })) form.append(name, value);
    form.append("files", new Blob([new Uint8Array(PDF)]), "合同.pdf");
    form.append("files", new Blob([new Uint8Array(PDF), "x".repeat(90_000)]), "另一份.pdf");
    const whole = new Request("http://localhost:3000/status", { method: "POST", body: form });
    const bytes = Buffer.from(await whole.arrayBuffer());
    const request = new Request("http://localhost:3000/status", {
      method: "POST",
      headers: { "Content-Type": whole.headers.get("Content-Type") ?? "" },
      body: bytes.subarray(0, bytes.length - 20_000),
    });
    const { context, params } = citizen(portal).get("/status");
    const answer = await answerOf(() => status.action({ request, context, params }));
    expect(answer).toMatchObject({ status: 400, data: { wrong: { fault: "filesBroken" } } });
    expect(await rowsOf()).toEqual([]);
    expect(filesBelow(folder)).toHaveLength(before);
  });
});

describe("nothing is stored", () => {
  test.each(["expired", "forged", "missing", "behind the files"])("by a token that is %s", async (how) => {
    const before = filesBelow(folder).length;
    const { token, formId } = await opened();
    if (how === "expired") portal.clock.set(`${TODAY}T02:31:00Z`);
    const given = how === "forged" ? `${token.slice(0, -4)}AAAA` : token;
    const stands = how === "expired" || how === "forged";
    const fields = {
      ...(stands ? { token: given } : {}),
      formId,
      text: "写了很久的话",
    };
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("files", new Blob([new Uint8Array(PDF)]), "合同.pdf");
    if (how === "behind the files") form.append("token", token);
    form.append("intent", "message");
    const { context, params } = citizen(portal).get("/status");
    const request = new Request("http://localhost:3000/status", { method: "POST", body: form });
    const answer = await answerOf(() => status.action({ request, context, params }));
    expect(answer.status).toBe(400);
    const refusal = answer.data as StatusRefusal;
    const page =
      refusal.kind === "refused" ? htmlIn("zh-CN", <StatusForm refused={refusal} />) : html(refusal);
    expect(page).toContain("写了很久的话");
    expect(await rowsOf()).toEqual([]);
    expect(filesBelow(folder)).toHaveLength(before);
    expect(await openedByStaff()).toEqual([]);
  });

  test("for a report that was withdrawn", async () => {
    const page = await opened();
    await withdrawTip(portal, { lookupId: lookupIdOf(sent.receipt) });
    const before = filesBelow(folder).length;
    expect(await send(page, "补充", [{ name: "合同.pdf", bytes: PDF }])).toMatchObject({
      status: 400,
      data: { kind: "refused" },
    });
    expect(filesBelow(folder)).toHaveLength(before);
  });

  test("of a message above the day's share: what had been received is dropped, the words stay", async () => {
    for (let n = 0; n < MESSAGES_A_DAY; n += 1) await sayAsReporter(portal, sent.receipt, `第${n}条`);
    const before = filesBelow(folder).length;
    const answer = await send(await opened(), "再说一句", [{ name: "合同.pdf", bytes: PDF }]);
    expect(answer).toMatchObject({ status: 400, data: { wrong: { fault: "tooMany" } } });
    expect(html(answer.data)).toContain("再说一句");
    expect(await rowsOf()).toEqual([]);
    expect(filesBelow(folder)).toHaveLength(before);
  });
});
