import { v4 as uuidv4 } from "uuid";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { StatusForm } from "~/components/citizen/StatusForm";
import { StatusResult } from "~/components/citizen/StatusResult";
import type { Locale } from "~/i18n/locale";
import * as status from "~/routes/_public.status";
import { fixedClock } from "~server/clock";
import { weighSenders, type Sender } from "~server/intake/weigh-senders.server";
import type { OpenedStatus, StatusRefusal } from "~server/messages/act-on-status.server";
import { MESSAGES_A_DAY, OWN_MESSAGES_A_PAGE, OWN_MESSAGE_SHOWN } from "~server/messages/message-rules";
import { readOwnMessage } from "~server/messages/read-own-message.server";
import type { Portal } from "~server/portal.server";
import { MESSAGE_CHARACTERS } from "~server/secrecy/message-format";
import { createReceipt, spellReceipt, type Receipt } from "~server/secrecy/receipt";
import { CLOSURE_CODES } from "~server/triage/stages";
import { makePerson } from "~tests/factories/make-lead";
import { reportWithReceipt, sayAsReporter, sayAsStaff } from "~tests/factories/make-thread";
import { holdKeys } from "~tests/factories/office-keys";
import { testDatabase } from "~tests/setup/database";
import { answerOf, citizen, htmlIn, publicPortal, TODAY, type Answer } from "./public-portal";

const database = testDatabase();
let portal: Portal & { clock: ReturnType<typeof fixedClock> };
let sent: { receipt: Receipt; tipId: string; leadId: string };

beforeAll(async () => {
  const clock = fixedClock(`${TODAY}T02:00:00Z`);
  portal = { ...(await publicPortal(database.db)), clock };
});
beforeEach(async () => {
  portal.clock.set(`${TODAY}T02:00:00Z`);
  sent = await reportWithReceipt(portal);
});

function post(fields: Record<string, string>, guesses?: Sender): Promise<Answer> {
  const args = citizen(portal).post("/status", Object.entries(fields));
  return answerOf(() => status.action({ ...args, context: { ...args.context, guesses } }));
}
const numbers = (receipt: Receipt) => spellReceipt(receipt).numbers.join(" ");
const opened = async (receipt = sent.receipt) =>
  (await post({ receipt: numbers(receipt) })).data as OpenedStatus & { sectorName: string | null };
const send = (page: { token: string; formId: string }, text: string, over: Record<string, string> = {}) =>
  post({ intent: "message", token: page.token, formId: page.formId, text, ...over });
const html = (data: unknown, locale: Locale = "zh-CN") =>
  htmlIn(locale, <StatusResult {...(data as Parameters<typeof StatusResult>[0])} />);
const formHtml = (data: unknown, locale: Locale = "zh-CN") =>
  htmlIn(locale, <StatusForm refused={data as StatusRefusal} />);
/** Ends the lead as an officer would: its state, and the move the reporter is told of. */
const close = async (code: string, stage = code === "rejected" ? "rejected" : "closed") => {
  await database.owner.query(
    "update leads set stage = $2, closure_code = $3, closed_at = now() where id = $1",
    [sent.leadId, stage, code],
  );
  await database.owner.query(
    `insert into events (id, recorded_on, recorded_at, actor_kind, action, lead_id, subject_table, subject_id, data)
     values ($1, $2, now(), 'system', 'lead.moved', $3::uuid, 'leads', $3::text, $4)`,
    [uuidv4(), TODAY, sent.leadId, { from: "triage", to: stage }],
  );
};

describe("writing on /status", () => {
  test("answers its POST directly: no redirect, no cookie, no receipt and no tip id on the page", async () => {
    const answer = await send(await opened(), "我找到了转账记录。\n第二行");
    expect(answer).toMatchObject({ status: 200, location: null, data: { sent: "message", wrong: null } });
    expect(answer.headers.getSetCookie()).toEqual([]);
    const page = html(answer.data);
    expect(page).toContain("我找到了转账记录。\n第二行");
    const all = page + JSON.stringify(answer.data);
    for (const part of [numbers(sent.receipt), spellReceipt(sent.receipt).hanzi.join(""), sent.tipId])
      expect(all).not.toContain(part);
    expect(all).not.toContain(Buffer.from(sent.receipt.entropy).toString("hex"));
  });

  test("twice by one form is one message; the page drawn next has a form of its own", async () => {
    const page = await opened();
    const first = (await send(page, "一")).data as OpenedStatus;
    const again = (await send(page, "一")).data as OpenedStatus;
    expect(again.thread.messages.map(({ text }) => text)).toEqual(["一"]);
    expect(first.formId).not.toBe(page.formId);
    const next = (await send(first, "一")).data as OpenedStatus;
    expect(next.thread.messages).toHaveLength(2);
  });

  test.each([
    ["nothing", "  \n", "empty", "请先写内容再发送"],
    ["too much", "好".repeat(MESSAGE_CHARACTERS + 1), "tooLong", "内容太长"],
  ])("%s is refused, with a summary that leads to the box, and kept", async (_what, text, fault, said) => {
    const answer = await send(await opened(), text);
    expect(answer).toMatchObject({ status: 400, data: { wrong: { intent: "message", fault } } });
    const page = html(answer.data);
    expect(page).toMatch(/data-error-summary="true".*href="#text"/s);
    expect(page).toContain(said);
    if (text.trim() !== "") expect(page).toContain(text.slice(0, MESSAGE_CHARACTERS));
  });

  test("the longest message there may be is taken, Windows line breaks and unseen characters cleaned", async () => {
    const text = `${"好".repeat(MESSAGE_CHARACTERS - 4)}\r\n\u200b完。`;
    const answer = await send(await opened(), text);
    expect(answer.status).toBe(200);
    const { thread } = answer.data as OpenedStatus;
    const long = thread.messages.at(-1);
    expect(long).toMatchObject({ more: true });
    expect(long?.text).toHaveLength(OWN_MESSAGE_SHOWN + 2);
    const { receipt } = sent;
    const parts = await Promise.all(
      [1, 2, 3, 4, 5].map((part) => readOwnMessage(portal, { receipt, id: long?.id ?? "", part })),
    );
    expect(parts.map((one) => [one?.part, one?.parts])).toEqual([1, 2, 3, 4, 4].map((part) => [part, 4]));
    expect(
      parts
        .slice(0, 4)
        .map((one) => one?.text)
        .join(""),
    ).toBe(`${"好".repeat(MESSAGE_CHARACTERS - 4)}\n完。`);
  });

  test("a page that ran out asks for the receipt again and brings the words along", async () => {
    const page = await opened();
    portal.clock.set(`${TODAY}T02:31:00Z`);
    const late = await send(page, "写了很久的话");
    expect(late).toMatchObject({ status: 400, data: { fault: { kind: "expired" } } });
    expect(formHtml(late.data)).toContain("写了很久的话");
    // A wrong receipt loses nothing either.
    const wrong = await post({
      receipt: numbers(createReceipt()),
      keptIntent: "message",
      keptText: "写了很久的话",
    });
    expect(formHtml(wrong.data)).toContain("写了很久的话");
    const back = await post({
      receipt: numbers(sent.receipt),
      keptIntent: "message",
      keptText: "写了很久的话",
    });
    expect(back).toMatchObject({ status: 200, data: { kept: { intent: "message" }, sent: null } });
    const drawn = html(back.data);
    expect(drawn).toContain("还没有发送");
    expect(drawn).toMatch(/<textarea[^>]*id="text"[^>]*>写了很久的话/);
    const { thread } = back.data as OpenedStatus;
    expect(thread.messages).toEqual([]);
  });

  test("a forged token, and one of another portal's key, writes nothing", async () => {
    const page = await opened();
    for (const token of ["", "forged", `${page.token.slice(0, -4)}AAAA`])
      expect(await send({ ...page, token }, "伪造")).toMatchObject({
        status: 400,
        data: { fault: { kind: "expired" } },
      });
    expect(await send({ ...page, formId: "x" }, "没有编号")).toMatchObject({
      status: 400,
      data: { wrong: { fault: "again" } },
    });
    expect((await opened()).thread.messages).toEqual([]);
  });

  test("above the day's share a sentence says when to go on, and the words stay", async () => {
    for (let n = 0; n < MESSAGES_A_DAY; n += 1) await sayAsReporter(portal, sent.receipt, `第${n}条`);
    const answer = await send(await opened(), "再说一句");
    expect(answer).toMatchObject({ status: 400, data: { wrong: { fault: "tooMany" } } });
    const page = html(answer.data);
    expect(page).toContain(`今天已经写满 ${MESSAGES_A_DAY} 条，明天可以继续写`);
    expect(page).toContain("再说一句");
  });
});

describe("what /status tells", () => {
  test("that somebody waits for the reporter, who asked and when, and what is new", async () => {
    const actor = await makePerson(portal, "leading-office", ["triage_officer"]);
    const triage = { actor, keyring: await holdKeys(portal, actor) };
    await sayAsStaff(portal, sent, "您有合同吗？", triage, "question");
    const page = html(await opened());
    expect(page).toContain("等您回答");
    expect(page).toContain("2026年11月21日");
    expect(page).toContain("您有合同吗？");
    expect(page).toContain(">新<");
    expect(page).not.toContain(actor.displayName);
    expect(html(await opened())).not.toContain(">新<");
    const english = html(await opened(), "en");
    expect(english).toContain("Waiting for you.");
  });

  test.each(CLOSURE_CODES)(
    "how it ended (%s), what that means and what can be done, in both languages",
    async (code) => {
      await close(code);
      const data = await opened();
      for (const locale of ["zh-CN", "en"] as const) {
        const page = html(data, locale);
        expect(page).toContain(locale === "en" ? "Outcome:" : "结论：");
        expect(page).toContain(locale === "en" ? "What you can do now" : "您现在可以");
        expect(page).not.toContain("处理中");
        expect(page).toContain('id="reason"');
        expect(page.includes('href="/hotlines"')).toBe(["rejected", "transferred"].includes(code));
      }
    },
  );

  test("asking to reopen: only when closed, with a reason, and while one waits no form", async () => {
    expect(html(await opened())).not.toContain('id="reason"');
    const early = await post({ ...pick(await opened()), intent: "reopen", reason: "太早" });
    expect(early).toMatchObject({ status: 400, data: { wrong: { intent: "reopen", fault: "notClosed" } } });
    await close("insufficient");
    const blank = await post({ ...pick(await opened()), intent: "reopen", reason: "" });
    expect(html(blank.data)).toMatch(/data-error-summary="true".*href="#reason"/s);
    const page = await opened();
    const asked = await post({ ...pick(page), intent: "reopen", reason: "有新合同" });
    expect(asked).toMatchObject({ status: 200, data: { sent: "reopen", thread: { wishWaits: true } } });
    const shown = html(asked.data);
    expect(shown).toContain("正等研判人员答复");
    expect(shown).not.toContain('id="reason"');
    const twice = await post({ ...pick(page), intent: "reopen", reason: "再来一次", formId: uuidv4() });
    expect(twice).toMatchObject({ status: 400, data: { wrong: { fault: "waiting" } } });
  });
});

describe("many wrong receipts from one place", () => {
  test("make the next one wait for a small sum, right or wrong alike, and shut nobody out", async () => {
    const guesses = weighSenders(portal.clock)("192.0.2.7");
    for (let n = 0; n < 20; n += 1) await post({ receipt: numbers(createReceipt()) }, guesses);
    expect(guesses.level()).toBe(1);
    const wrong = numbers(createReceipt());
    const [asked, alike] = [
      await post({ receipt: numbers(sent.receipt) }, guesses),
      await post({ receipt: wrong }, guesses),
    ];
    for (const answer of [asked, alike])
      expect(answer).toMatchObject({
        status: 200,
        data: { kind: "refused", fault: null, work: { asked: null } },
      });
    expect(formHtml(asked.data)).toContain("输错回执的次数较多");
    const { work } = (asked.data as StatusRefusal).work!;
    const answered = {
      receipt: numbers(sent.receipt),
      question: work.question,
      answer: String(work.a + work.b),
    };
    const early = await post(answered, guesses);
    expect(early).toMatchObject({ status: 400, data: { work: { asked: { why: "early" } } } });
    portal.clock.set(`${TODAY}T02:00:11Z`);
    expect(await post(answered, guesses)).toMatchObject({ status: 200, data: { kind: "status" } });
    // Done for one receipt, it is not done for another; elsewhere nobody is asked.
    expect(await post({ ...answered, receipt: wrong }, guesses)).toMatchObject({
      data: { work: { asked: { why: "stale" } } },
    });
    expect(await post({ receipt: wrong }, weighSenders(portal.clock)("192.0.2.8"))).toMatchObject({
      status: 400,
      data: { fault: { kind: "not_found" }, work: null },
    });
  });
});

function pick({ token, formId }: OpenedStatus) {
  return { token, formId };
}

describe("a header button on an opened page", () => {
  const press = async (fields: Record<string, string>) => {
    const args = citizen(portal).post("/status", Object.entries(fields));
    const answer = await answerOf(() => status.action(args));
    return { answer, preferred: args.context.preferred };
  };

  test("shows the same page again as asked for, with what stands in the boxes, and keeps the choice", async () => {
    const { token, formId } = await opened();
    const typed = { text: "写了一半", reason: "也写了一半" };
    for (const [intent, preferred, cookie] of [
      ["lang:en", { locale: "en" }, /^lang=en;/],
      ["elder:1", { elder: true }, /^elder=1;/],
      ["elder:0", { elder: false }, /^elder=0;/],
    ] as const) {
      const pressed = await press({ token, formId, view: "messages", intent, ...typed });
      expect(pressed.answer).toMatchObject({
        status: 200,
        data: { kind: "status", sent: null, typed: { message: "写了一半", reopen: "也写了一半" } },
      });
      expect(pressed.preferred).toEqual(preferred);
      expect(pressed.answer.headers.getSetCookie()).toEqual([expect.stringMatching(cookie)]);
      expect(html(pressed.answer.data)).toMatch(/<textarea[^>]*id="text"[^>]*>写了一半</);
    }
    expect((await opened()).thread.messages).toEqual([]);
  });

  test("never acts: only pages that show something come again", async () => {
    const { token } = await opened();
    for (const view of ["withdraw", "message", "accept", "reopen", "lang:en", ""]) {
      const { answer } = await press({ token, view, intent: "lang:en", text: "一" });
      expect(answer).toMatchObject({ status: 200, data: { kind: "status", sent: null } });
    }
    const asked = await press({ token, view: "ask-withdraw", intent: "elder:1" });
    expect(asked.answer).toMatchObject({ status: 200, data: { kind: "withdraw" } });
    expect((await opened()).thread.messages).toEqual([]);
  });

  test("keeps a receipt that was mistyped, and the words of a page that ran out", async () => {
    const mistyped = await press({ receipt: "鑫鑫鑫", intent: "lang:en" });
    expect(mistyped.answer).toMatchObject({
      status: 200,
      data: { kind: "refused", typed: "鑫鑫鑫", fault: null },
    });
    const blank = await press({ receipt: "", intent: "lang:en" });
    expect(blank.answer).toMatchObject({ status: 302, location: "/status" });
    const { token } = await opened();
    portal.clock.set(`${TODAY}T02:31:00Z`);
    const late = await press({ token, view: "messages", intent: "elder:1", text: "写了很久" });
    expect(late.answer).toMatchObject({
      status: 400,
      data: { fault: { kind: "expired" }, kept: { intent: "message", text: "写了很久" } },
    });
  });
});

describe("a long talk", () => {
  test("is shown ten at a time, the latest first; what is on an earlier page is not seen by that", async () => {
    const triage = await makePerson(portal, "leading-office", ["triage_officer"]);
    const keyring = await holdKeys(portal, triage);
    await sayAsStaff(portal, sent, "最早的一问", { actor: triage, keyring }, "question");
    for (let n = 1; n < OWN_MESSAGES_A_PAGE + 3; n += 1) {
      await sayAsStaff(portal, sent, `第${String(n)}条`, { actor: triage, keyring });
    }
    const page = await opened();
    const texts = (of: OpenedStatus) => of.thread.messages.map(({ text }) => text);
    expect(texts(page)).toEqual(Array.from({ length: 10 }, (_none, at) => `第${String(at + 3)}条`));
    expect(page.thread).toMatchObject({ questionOn: TODAY, fresh: OWN_MESSAGES_A_PAGE + 3, before: null });
    const turn = async (intent: string) =>
      (await post({ token: page.token, formId: page.formId, text: "写了一半", intent })).data as OpenedStatus;
    const earlier = await turn(`messages:${page.thread.older ?? ""}`);
    expect(texts(earlier)).toEqual(["最早的一问", "第1条", "第2条"]);
    expect(earlier.thread).toMatchObject({ older: null, before: page.thread.older, fresh: 3 });
    expect(html(earlier)).toMatch(/name="view" value="messages:[0-9a-f-]{36}"/);
    expect(html(earlier)).toMatch(/<textarea[^>]*id="text"[^>]*>写了一半</);
    expect((await turn("messages")).thread).toMatchObject({ before: null, fresh: 0 });
  });

  test("of another report stays shut, whatever id is asked for", async () => {
    const mine = await opened();
    const other = await reportWithReceipt(portal);
    await sayAsReporter(portal, other.receipt, "别人的话");
    const theirs = (await opened(other.receipt)).thread.messages[0]?.id ?? "";
    for (const intent of [`message:${theirs}:1`, `messages:${theirs}`]) {
      const answer = await post({ token: mine.token, formId: mine.formId, intent });
      expect(answer).toMatchObject({
        status: 200,
        data: { kind: "status", thread: { messages: [], before: null } },
      });
      expect(JSON.stringify(answer.data)).not.toContain("别人的话");
    }
  });
});
