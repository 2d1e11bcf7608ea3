import { solveChallenge, type Challenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";
import { beforeEach, describe, expect, it } from "vitest";
import { readSmallNumber } from "~/forms/small-number";
import { judgeWork } from "~server/intake/judge-work.server";
import { makeWork, type WorkAsked } from "~server/intake/make-work.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { createReceipt } from "~server/secrecy/receipt";
import { testDatabase } from "~tests/setup/database";
import { testPortal, type TestPortal } from "~tests/setup/test-portal";

const database = testDatabase();
const START = "2026-03-02T02:00:00Z";
let portal: TestPortal;
let lookupId: Buffer;
let work: WorkAsked;

beforeEach(async () => {
  portal = testPortal(database.db, START);
  lookupId = lookupIdOf(createReceipt());
  work = await makeWork(portal, { lookupId, level: 0 });
});

const later = (seconds: number) => portal.clock.set(new Date(Date.parse(START) + seconds * 1_000));

async function solve(asked: WorkAsked): Promise<string> {
  const solution = await solveChallenge({ challenge: JSON.parse(asked.challenge) as Challenge, deriveKey });
  return JSON.stringify({ counter: solution?.counter, derivedKey: solution?.derivedKey });
}

const judge = (fields: Record<string, string | number>, of: Buffer = lookupId) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, String(value));
  return judgeWork(portal, { lookupId: of, level: 0, form });
};
/** The page's own fields, as a browser without a script sends them, with an answer. */
const answered = (answer: string, asked = work) => ({
  challenge: asked.challenge,
  solution: "",
  question: asked.question,
  answer,
});
const right = () => String(work.a + work.b);

describe("the work done by a script", () => {
  it("counts when it is solved, without a wait", async () => {
    expect(await judge({ ...work, solution: await solve(work) })).toEqual({ kind: "done" });
  });

  it("of another draft is refused, and the question is put instead", async () => {
    const solution = await solve(work);
    const other = lookupIdOf(createReceipt());
    expect(await judge({ ...work, solution }, other)).toMatchObject({ kind: "ask", why: "unsolved" });
  });

  it("past its hour, forged, made easier or unreadable does not count", async () => {
    const solution = await solve(work);
    const challenge = JSON.parse(work.challenge) as Challenge;
    const easier = { ...challenge, parameters: { ...challenge.parameters, cost: 1 } };
    const unsigned = { ...challenge, signature: "00" };
    const false_ = JSON.stringify({ counter: 1, derivedKey: "00".repeat(32) });
    for (const fields of [
      { challenge: JSON.stringify(easier), solution },
      { challenge: JSON.stringify(unsigned), solution },
      { challenge: "{", solution },
      { challenge: work.challenge, solution: false_ },
      { challenge: work.challenge, solution: "null" },
    ]) {
      expect(await judge({ question: work.question, ...fields })).toMatchObject({ kind: "ask" });
    }
    later(3_601);
    expect(await judge({ ...work, solution })).toMatchObject({ kind: "ask", why: "unsolved" });
  });

  it("not done in time is no fault: the question is put", async () => {
    expect(await judge({ ...work, solution: "" })).toMatchObject({ kind: "ask", why: "unsolved" });
  });

  it("asks for more tries at a higher level", async () => {
    const counters = await Promise.all(
      ([0, 1] as const).map(async (level) => {
        const asked = await makeWork(portal, { lookupId, level });
        return (JSON.parse(await solve(asked)) as { counter: number }).counter;
      }),
    );
    expect(counters[0]).toBeLessThan(500);
    expect(counters[1]).toBeGreaterThanOrEqual(1_000);
  });
});

describe("the waiting question", () => {
  it("counts when it is answered rightly after the wait, in digits or words", async () => {
    later(3);
    for (const answer of [right(), ` ${right()} 。`, "零一二三四五六七八九十"[work.a + work.b] ?? ""]) {
      expect(await judge(answered(answer))).toEqual({ kind: "done" });
    }
  });

  it("answered too soon comes back with the answer kept, and counts once the time has passed", async () => {
    later(1);
    const verdict = await judge(answered(right()));
    expect(verdict).toMatchObject({ kind: "ask", why: "early", answer: right(), wait: 2 });
    if (verdict.kind !== "ask") return;
    later(3);
    expect(await judge(answered(right(), verdict.work))).toEqual({ kind: "done" });
  });

  it("answered wrongly is asked again with what was typed; nobody is shut out by a sum", async () => {
    later(5);
    let asked = work;
    for (let turn = 1; turn < 3; turn += 1) {
      const verdict = await judge(answered("99", asked));
      expect(verdict).toMatchObject({
        kind: "ask",
        why: "wrong",
        answer: "99",
        work: { a: work.a, b: work.b },
      });
      if (verdict.kind === "ask") asked = verdict.work;
    }
    expect(await judge(answered("99", asked))).toEqual({ kind: "skipped" });
  });

  it("left empty says so", async () => {
    expect(await judge(answered("  "))).toMatchObject({ kind: "ask", why: "blank" });
  });

  it("of another draft, past its hour or tampered with is put anew", async () => {
    later(5);
    expect(await judge(answered(right()), lookupIdOf(createReceipt()))).toMatchObject({ why: "stale" });
    const cut = { ...work, question: `${work.question.slice(0, -4)}AAAA` };
    expect(await judge(answered(right(), cut))).toMatchObject({ why: "stale" });
    later(3_601);
    expect(await judge(answered(right()))).toMatchObject({ why: "stale" });
  });

  it("waits longer at a higher level", async () => {
    const hard = await makeWork(portal, { lookupId, level: 2 });
    later(5);
    const verdict = await judge(answered(String(hard.a + hard.b), hard));
    expect(verdict).toMatchObject({ kind: "ask", why: "early", wait: 25 });
  });

  it("carries neither the lookup id nor the answer in the open", () => {
    const sent = `${work.challenge} ${work.question}`;
    expect(sent).not.toContain(lookupId.toString("hex"));
    expect(sent).not.toContain(lookupId.toString("base64url"));
    expect(Buffer.from(work.question, "base64url").toString("latin1")).not.toContain('"a"');
  });
});

it("a submit that did not come from our page has not done the work", async () => {
  expect(await judge({ intent: "submit" })).toEqual({ kind: "skipped" });
});

it.each([
  ["7", 7],
  ["７", 7],
  ["七", 7],
  ["等于七", 7],
  ["Seven", 7],
  ["柒", 7],
  ["两", 2],
  ["十", 10],
  ["seventy", null],
  ["7.5", null],
  ["", null],
])("the small number %j is read as %j", (typed, number) => {
  expect(readSmallNumber(typed)).toBe(number);
});
