import { beforeAll, describe, expect, it } from "vitest";
import { StatusForm } from "~/components/citizen/StatusForm";
import { action as start } from "~/routes/_public.report._index";
import { loader as saved } from "~/routes/_public.report.saved";
import * as status from "~/routes/_public.status";
import { chinaDay } from "~server/clock";
import { readDraftReceipt } from "~server/intake/draft-cookie.server";
import { readDraft } from "~server/intake/read-draft.server";
import { readStatus } from "~server/intake/read-status.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { withdrawTip } from "~server/intake/withdraw-tip.server";
import { expireReceipts } from "~server/jobs/expire-receipts.server";
import type { StatusRefusal } from "~server/messages/act-on-status.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { createReceipt, readReceipt, spellReceipt, type Receipt } from "~server/secrecy/receipt";
import { approveTo, makeAward, makeDesk } from "~tests/factories/make-award";
import { reportAnswers } from "~tests/factories/report-answers";
import { answerOf, citizen, htmlIn } from "~tests/routes/public-portal";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const database = testDatabase();
let portal: TestPortal;

beforeAll(async () => {
  portal = testPortal(database.db);
  await installTestPack(portal);
});

async function sent(): Promise<{ receipt: Receipt; lookupId: Buffer; tipId: string }> {
  const receipt = createReceipt();
  await saveDraft(portal.db, { receipt, raw: reportAnswers(), at: portal.clock.now() });
  const { tipId } = await submitTip(portal, { receipt, language: "zh-CN" });
  return { receipt, lookupId: lookupIdOf(receipt), tipId };
}

const ask = (fields: Record<string, string>) =>
  answerOf(() => status.action(citizen(portal).post("/status", Object.entries(fields))));
const numbersOf = (receipt: Receipt) => spellReceipt(receipt).numbers.join(" ");

/** A report whose lead was closed so many years ago, to the day. */
async function closedFor(years: number, days: number): Promise<{ receipt: Receipt; tipId: string }> {
  const tip = await sent();
  const at = new Date(portal.clock.now());
  at.setUTCFullYear(at.getUTCFullYear() - years);
  await portal.db.pool.query(
    `update leads set stage = 'closed', closure_code = 'substantiated', closed_at = $2
      where id = (select lead_id from tips where id = $1)`,
    [tip.tipId, new Date(at.getTime() - days * 86_400_000)],
  );
  return tip;
}

const closing = async (tipId: string) =>
  (
    await portal.db.pool.query<{ on: string | null; why: string | null }>(
      `select receipt_closed_on::text as "on", receipt_closed_why as why from tips where id = $1`,
      [tipId],
    )
  ).rows[0];

describe("withdrawing a report", () => {
  it("takes two steps on the status page, then the receipt opens nothing", async () => {
    const { receipt, tipId } = await sent();
    const opened = await ask({ receipt: numbersOf(receipt) });
    const { token } = opened.data as { token: string };
    const question = await ask({ intent: "ask-withdraw", token });
    expect(question).toMatchObject({
      status: 200,
      data: { kind: "withdraw", stage: "received", timeline: [{ key: "received" }] },
    });
    expect(await closing(tipId)).toEqual({ on: null, why: null });
    expect(await ask({ intent: "keep", token })).toMatchObject({ status: 200, data: { kind: "status" } });
    const twice = [await ask({ intent: "withdraw", token }), await ask({ intent: "withdraw", token })];
    expect(twice.map(({ data }) => data)).toEqual([{ kind: "withdrawn" }, { kind: "withdrawn" }]);
    expect(await closing(tipId)).toEqual({ on: chinaDay(portal.clock.now()), why: "withdrawn" });
    expect((await ask({ receipt: numbersOf(receipt) })).data).toMatchObject({ fault: { kind: "not_found" } });
    expect(await readDraft(portal, { receipt })).toBeNull();
  });

  it("is one event of the reporter, with a day and no clock time", async () => {
    const { lookupId, tipId } = await sent();
    await Promise.all([1, 2, 3].map(() => withdrawTip(portal, { lookupId })));
    const { rows } = await portal.db.pool.query(
      `select actor_kind, recorded_at, lead_id is not null as placed, data from events
        where subject_id = $1 and action = 'tip.withdrawn'`,
      [tipId],
    );
    expect(rows).toEqual([{ actor_kind: "reporter", recorded_at: null, placed: true, data: {} }]);
  });

  it("keeps the facts and their readers, and brings no draft back under the receipt", async () => {
    const { receipt, lookupId, tipId } = await sent();
    await withdrawTip(portal, { lookupId });
    await saveDraft(portal.db, { receipt, raw: reportAnswers(), at: portal.clock.now() });
    const { rows } = await portal.db.pool.query(
      `select (select count(*)::int from sealed_values where owner_id = $1::uuid) as texts,
              (select count(*)::int from tips where id = $1::uuid and lead_id is not null) as tips,
              (select count(*)::int from drafts where lookup_id = $2) as drafts`,
      [tipId, lookupId],
    );
    expect(rows[0]).toEqual({ texts: 2, tips: 1, drafts: 0 });
  });

  it("is refused while an approved award is not paid, and allowed while one is only being decided", async () => {
    const desk = await makeDesk(portal.db);
    const award = await makeAward(portal.db, desk);
    const { rows } = await portal.db.pool.query<{ lookup_id: Buffer }>(
      "select lookup_id from tips where id = $1",
      [award.tipId],
    );
    const lookupId = rows[0]?.lookup_id ?? Buffer.alloc(0);
    await approveTo(portal.db, desk, award.awardId, "approved");
    expect(await refusalOf(withdrawTip(portal, { lookupId }))).toBe("award_waiting");
    expect(await closing(award.tipId)).toEqual({ on: null, why: null });

    const other = await makeAward(portal.db, desk);
    const drafted = await portal.db.pool.query<{ lookup_id: Buffer }>(
      "select lookup_id from tips where id = $1",
      [other.tipId],
    );
    await withdrawTip(portal, { lookupId: drafted.rows[0]?.lookup_id ?? Buffer.alloc(0) });
    expect((await closing(other.tipId))?.why).toBe("withdrawn");
  });

  it("needs the receipt: an unknown lookup id, a foreign token and an old one do nothing", async () => {
    expect(await refusalOf(withdrawTip(portal, { lookupId: lookupIdOf(createReceipt()) }))).toBe("not_found");
    expect((await ask({ intent: "withdraw", token: "forged" })).data).toMatchObject({
      fault: { kind: "expired" },
    });
  });
});

describe("receipts of old cases", () => {
  it("end three years after the lead was closed, not a day sooner", async () => {
    const [old, young] = [await closedFor(3, 1), await closedFor(2, 364)];
    await expireReceipts(portal.db, portal.clock);
    expect(await closing(old.tipId)).toEqual({ on: chinaDay(portal.clock.now()), why: "expired" });
    expect(await closing(young.tipId)).toEqual({ on: null, why: null });
    const { rows } = await portal.db.pool.query(
      "select actor_kind from events where subject_id = $1 and action = 'tip.receipt_expired'",
      [old.tipId],
    );
    expect(rows).toEqual([{ actor_kind: "system" }]);
    expect(await expireReceipts(portal.db, portal.clock)).toEqual({ receipts: 0 });
  });

  it("stay open while an award may still be decided, claimed or paid", async () => {
    const award = await makeAward(portal.db, await makeDesk(portal.db));
    await portal.db.pool.query(
      "update leads set stage = 'closed', closure_code = 'substantiated', closed_at = now() - interval '9 years' where id = $1",
      [award.finding.leadId],
    );
    await expireReceipts(portal.db, portal.clock);
    expect(await closing(award.tipId)).toEqual({ on: null, why: null });
  });

  it("that have ended can neither be withdrawn nor opened again, not even by the database's owner", async () => {
    const old = await closedFor(4, 0);
    await expireReceipts(portal.db, portal.clock);
    expect(await refusalOf(withdrawTip(portal, { lookupId: lookupIdOf(old.receipt) }))).toBe("not_found");
    await expect(
      database.owner.query(
        "update tips set receipt_closed_on = null, receipt_closed_why = null where id = $1",
        [old.tipId],
      ),
    ).rejects.toMatchObject({ constraint: "tips_history" });
  });
});

it("a draft past its last day is unknown, even before the job has deleted it", async () => {
  const receipt = createReceipt();
  await saveDraft(portal.db, { receipt, raw: reportAnswers(), at: new Date("2026-01-30T02:00:00Z") });
  expect(await readDraft(portal, { receipt })).toBeNull();
  expect(await readStatus(portal, { lookupId: lookupIdOf(receipt) })).toBeNull();
  expect(await refusalOf(submitTip(portal, { receipt, language: "zh-CN" }))).toBe("incomplete_report");
  const held = await portal.db.pool.query("select 1 from drafts where lookup_id = $1", [lookupIdOf(receipt)]);
  expect(held.rowCount).toBe(1);
});

it("unknown, withdrawn, expired, lapsed and mistyped receipts get the same answer to the byte", async () => {
  const withdrawn = await sent();
  await withdrawTip(portal, withdrawn);
  const expired = await closedFor(5, 0);
  await expireReceipts(portal.db, portal.clock);
  const lapsed = createReceipt();
  await saveDraft(portal.db, { receipt: lapsed, raw: {}, at: new Date("2026-01-30T02:00:00Z") });
  const answers = [];
  for (const typed of [
    ...[createReceipt(), withdrawn.receipt, expired.receipt, lapsed].map(numbersOf),
    mistyped(withdrawn.receipt),
  ]) {
    const answer = await ask({ receipt: typed });
    const shown = answer.data as { typed: string };
    expect(shown.typed).toBe(typed);
    const page = htmlIn("zh-CN", <StatusForm refused={{ ...(answer.data as StatusRefusal), typed: "" }} />);
    answers.push({
      status: answer.status,
      headers: [...answer.headers],
      length: JSON.stringify(answer.data).length,
      data: JSON.stringify({ ...shown, typed: "" }),
      page,
    });
  }
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers[0]?.status).toBe(400);
});

/** Twelve known numbers whose checksum fails. */
function mistyped(receipt: Receipt): string {
  const numbers = spellReceipt(receipt).numbers;
  for (let number = 1; ; number += 1) {
    const typed = [String(number).padStart(4, "0"), ...numbers.slice(1)].join(" ");
    if (!("entropy" in readReceipt(typed))) return typed;
  }
}

it("the receipt is made when the draft starts, and is the one that opens the report in all three spellings", async () => {
  const reader = citizen(portal);
  const begun = await answerOf(() => start(reader.post("/report", [["intent", "begin"]])));
  reader.keep(begun.headers);
  const receipt = readDraftReceipt(reader.get("/").request, portal);
  if (receipt === null) throw new Error("the draft's cookie holds the receipt");
  const shown = await answerOf(() => saved(reader.get("/report/saved")));
  expect(shown.data).toMatchObject({ spellings: spellReceipt(receipt) });
  await saveDraft(portal.db, { receipt, raw: reportAnswers(), at: portal.clock.now() });
  await submitTip(portal, { receipt, language: "zh-CN" });
  const { hanzi, words, numbers } = spellReceipt(receipt);
  for (const typed of [hanzi.join(""), words.join(" "), numbers.join("-"), numbers.join("")]) {
    expect((await ask({ receipt: typed })).data).toMatchObject({ kind: "status" });
  }
});
