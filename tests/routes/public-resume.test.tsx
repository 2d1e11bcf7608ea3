import { beforeAll, describe, expect, test } from "vitest";
import { DraftEndedPage } from "~/components/report/DraftEnded";
import type { DraftEnded } from "~/forms/carried-answers";
import type { RawAnswers } from "~/forms/report";
import * as check from "~/routes/_public.report.check";
import * as done from "~/routes/_public.report.done";
import * as evidence from "~/routes/_public.report.evidence";
import * as overview from "~/routes/_public.report.overview";
import * as resume from "~/routes/_public.report.resume";
import * as start from "~/routes/_public.report._index";
import * as step from "~/routes/_public.report.$step";
import { draftCookie, readDraftReceipt } from "~server/intake/draft-cookie.server";
import { readDraft } from "~server/intake/read-draft.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { saveStep } from "~server/intake/save-step.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { weighSenders } from "~server/intake/weigh-senders.server";
import type { Portal } from "~server/portal.server";
import { createReceipt, spellReceipt, type Receipt } from "~server/secrecy/receipt";
import { reportAnswers } from "~tests/factories/report-answers";
import { testDatabase } from "~tests/setup/database";
import { ANSWERS, answerOf, citizen, htmlIn, publicPortal, type Answer } from "./public-portal";

const database = testDatabase();
let portal: Portal;

beforeAll(async () => {
  portal = await publicPortal(database.db);
});

type Citizen = ReturnType<typeof citizen>;
const WORDS = "他们在市场门口拉人，\n说“投十万”一年返 <一万二> & 取不出来了。";

async function drafted(raw: RawAnswers = {}): Promise<Receipt> {
  const receipt = createReceipt();
  await saveDraft(portal.db, { receipt, raw, at: portal.clock.now() });
  return receipt;
}

async function begun(): Promise<{ reader: Citizen; receipt: Receipt }> {
  const reader = citizen(portal);
  reader.keep((await answerOf(() => start.action(reader.post("/report", [["intent", "begin"]])))).headers);
  const receipt = readDraftReceipt(reader.get("/").request, portal);
  if (receipt === null) throw new Error("no draft");
  return { reader, receipt };
}

async function answersOf(receipt: Receipt): Promise<RawAnswers | null> {
  const state = await readDraft(portal, { receipt });
  return state?.kind === "draft" ? state.raw : null;
}

const numbers = (receipt: Receipt) => spellReceipt(receipt).numbers.join(" ");

const send = (reader: Citizen, name: string, fields: [string, string][], query = "") =>
  answerOf(() => step.action(reader.post(`/report/${name}${query}`, fields, { step: name })));

const takeUp = (reader: Citizen, fields: [string, string][]) =>
  answerOf(() => resume.action(reader.post("/report/resume", fields)));

/** The fields a browser without a script sends of this very page. */
function fieldsOf(answer: Answer): [string, string][] {
  const html = htmlIn("zh-CN", <DraftEndedPage {...(answer.data as DraftEnded)} />);
  const read = (text = "") =>
    text.replace(/&(lt|gt|quot|#x27|amp);/g, (_, name: string) => {
      const signs: Record<string, string> = { lt: "<", gt: ">", quot: '"', "#x27": "'", amp: "&" };
      return signs[name] ?? "";
    });
  const hidden = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  const boxes = [...html.matchAll(/<textarea[^>]*name="([^"]*)"[^>]*>\n?([^<]*)<\/textarea>/g)];
  return [...hidden, ...boxes]
    .map(([, name, value]): [string, string] => [read(name), read(value)])
    .filter(([name]) => name !== "receipt");
}

describe("pages sent at once on one draft", () => {
  test("all stand, round after round", async () => {
    for (let round = 0; round < 3; round += 1) {
      const { reader, receipt } = await begun();
      const answers = await Promise.all(ANSWERS.map(([name, fields]) => send(reader, name, fields)));
      // Refused or not (the red lines may come before their sector), each answer is acknowledged.
      expect(answers.filter(({ status }) => ![302, 400].includes(status))).toEqual([]);
      const raw = (await answersOf(receipt)) as Record<string, Record<string, unknown>>;
      for (const [name, fields] of ANSWERS) {
        for (const [field] of fields) expect(raw[name], name).toHaveProperty(field);
      }
      expect(Object.keys(raw).sort()).toEqual(ANSWERS.map(([name]) => name).sort());
    }
  });

  test("of one page sent twice, one stands whole and the other page is untouched", async () => {
    const { reader, receipt } = await begun();
    await send(reader, "narrative", [["narrative", WORDS]]);
    const one: [string, string][] = [
      ["source", "other"],
      ["prior", "yes"],
      ["priorWhere", "甲"],
    ];
    const two: [string, string][] = [
      ["source", "family_or_friend"],
      ["prior", "no"],
      ["priorWhere", "乙"],
    ];
    await Promise.all([send(reader, "source", one), send(reader, "source", two)]);
    const raw = await answersOf(receipt);
    expect([Object.fromEntries(one), Object.fromEntries(two)]).toContainEqual(raw?.source);
    expect(raw?.narrative).toEqual({ narrative: WORDS });
    await send(reader, "source", one);
    expect((await answersOf(receipt))?.source).toEqual(Object.fromEntries(one));
  });

  test("a name never outlasts the wish to stay anonymous, whichever comes first", async () => {
    for (let round = 0; round < 3; round += 1) {
      const receipt = await drafted({ mode: { mode: "named" } });
      await Promise.all([
        saveStep(portal, { receipt, step: "identity", values: { contactName: "王芳" } }),
        saveStep(portal, { receipt, step: "mode", values: { mode: "anonymous" } }),
      ]);
      expect(await answersOf(receipt)).toEqual({ mode: { mode: "anonymous" } });
    }
  });

  test("a late page brings back neither a draft that is sent nor one that is gone", async () => {
    const receipt = await drafted(reportAnswers());
    await submitTip(portal, { receipt, language: "zh-CN" });
    const late = { step: "narrative", values: { narrative: WORDS } } as const;
    expect(await saveStep(portal, { receipt, ...late })).toEqual({ kind: "submitted" });
    const unknown = createReceipt();
    expect(await saveStep(portal, { receipt: unknown, ...late })).toEqual({ kind: "gone" });
    expect(await readDraft(portal, { receipt: unknown })).toBeNull();
  });
});

describe("a post whose draft is out of reach", () => {
  test("keeps what was typed in the page, and nowhere else", async () => {
    const answer = await send(citizen(portal), "narrative", [["narrative", WORDS]]);
    expect(answer).toMatchObject({ status: 400, location: null });
    expect([...answer.headers]).toEqual([]);
    expect(fieldsOf(answer)).toContainEqual(["narrative", WORDS]);
    for (const locale of ["zh-CN", "en"] as const) {
      const html = htmlIn(locale, <DraftEndedPage {...(answer.data as DraftEnded)} />);
      expect(html).toContain('method="post" action="/report/resume"');
    }
  });

  test("comes back into the draft with the receipt, on the page it was typed on", async () => {
    const receipt = await drafted({ mode: { mode: "anonymous" } });
    const fields: [string, string][] = [
      ["redLines", "p2p.cash_pool"],
      ["redLines", "other"],
    ];
    for (const [name, typed] of [
      ["narrative", [["narrative", WORDS]]],
      ["red-lines", fields],
      ["online", [["sites", "a.example\nb.example"]]],
    ] as [string, [string, string][]][]) {
      const reader = citizen(portal);
      const ended = await send(reader, name, typed, "?from=check");
      const taken = await takeUp(reader, [...fieldsOf(ended), ["receipt", numbers(receipt)]]);
      expect(taken).toMatchObject({ status: 302, location: `/report/${name}?from=check` });
      reader.keep(taken.headers);
      expect(readDraftReceipt(reader.get("/").request, portal)).toEqual(receipt);
    }
    expect(await answersOf(receipt)).toMatchObject({
      mode: { mode: "anonymous" },
      narrative: { narrative: WORDS },
      "red-lines": { redLines: ["p2p.cash_pool", "other"] },
      online: { sites: "a.example\nb.example" },
    });
  });

  test("keeps the words through every receipt that opens no draft", async () => {
    const sent = await drafted(reportAnswers());
    await submitTip(portal, { receipt: sent, language: "zh-CN" });
    const reader = citizen(portal);
    let fields = fieldsOf(await send(reader, "narrative", [["narrative", WORDS]]));
    for (const [typed, fault] of [
      ["", "empty"],
      ["abc", "unknown_item"],
      [numbers(createReceipt()), "not_found"],
      [numbers(sent), "sent"],
    ] as const) {
      const answer = await takeUp(reader, [...fields, ["receipt", typed], ["intent", "continue"]]);
      expect(answer).toMatchObject({ status: 400, data: { fault: { kind: fault }, typed } });
      fields = fieldsOf(answer);
      expect(fields).toContainEqual(["narrative", WORDS]);
    }
    const turned = await takeUp(reader, [...fields, ["intent", "lang:en"]]);
    expect(turned.headers.getSetCookie().join()).toMatch(/^lang=en;/);
    expect(fieldsOf(turned)).toContainEqual(["narrative", WORDS]);
  });

  test("counts a wrong receipt as /status does, and asks for work with the words kept", async () => {
    const guesses = weighSenders(portal.clock)("192.0.2.9");
    const reader = citizen(portal);
    const post = (fields: [string, string][]) => {
      const args = reader.post("/report/resume", [["step", "narrative"], ["narrative", WORDS], ...fields]);
      return answerOf(() => resume.action({ ...args, context: { ...args.context, guesses } }));
    };
    for (let n = 0; n < 20; n += 1) await post([["receipt", numbers(createReceipt())]]);
    expect(guesses.level()).toBe(1);
    const asked = await post([["receipt", numbers(await drafted())]]);
    expect((asked.data as DraftEnded).work).not.toBeNull();
    expect(fieldsOf(asked)).toContainEqual(["narrative", WORDS]);
  });

  test("may begin anew with what was typed; pressed twice, it begins once", async () => {
    const reader = citizen(portal);
    const ended = await send(reader, "contact", [["contactPhone", "13800000000"]]);
    const fields: [string, string][] = [...fieldsOf(ended), ["intent", "begin"]];
    const taken = await takeUp(reader, fields);
    expect(taken).toMatchObject({ status: 302, location: "/report/contact" });
    reader.keep(taken.headers);
    const receipt = readDraftReceipt(reader.get("/").request, portal);
    expect(receipt === null ? null : await answersOf(receipt)).toEqual({
      mode: { mode: "named" },
      contact: { contactPhone: "13800000000" },
    });
    expect((await takeUp(reader, fields)).headers.getSetCookie()).toEqual([]);
  });

  test("stays in its page where the browser holds a report just sent, until that receipt is written down", async () => {
    const { reader, receipt } = await begun();
    const ended = fieldsOf(await send(citizen(portal), "narrative", [["narrative", WORDS]]));
    await saveDraft(portal.db, { receipt, raw: reportAnswers(), at: portal.clock.now() });
    await submitTip(portal, { receipt, language: "zh-CN" });
    const held = await takeUp(reader, [...ended, ["intent", "begin"]]);
    expect(held).toMatchObject({ status: 400, location: null, data: { fault: { kind: "unread" } } });
    expect(held.headers.getSetCookie()).toEqual([]);
    expect(fieldsOf(held)).toContainEqual(["narrative", WORDS]);
    for (const locale of ["zh-CN", "en"] as const) {
      const html = htmlIn(locale, <DraftEndedPage {...(held.data as DraftEnded)} />);
      expect(html).toMatch(/<a href="#begin">/);
      expect(html).toMatch(/<a href="\/report\/done" target="_blank" rel="noopener">/);
    }
    // Its receipt written down, the browser lets go of it: the words begin a report of their own.
    const left = await answerOf(() => done.action(reader.post("/report/done", [["intent", "leave"]])));
    reader.keep(left.headers);
    const begins = await takeUp(reader, [...fieldsOf(held), ["intent", "begin"]]);
    expect(begins).toMatchObject({ status: 302, location: "/report/narrative" });
    reader.keep(begins.headers);
    const fresh = readDraftReceipt(reader.get("/").request, portal);
    expect(fresh === null ? null : await answersOf(fresh)).toEqual({ narrative: { narrative: WORDS } });
    // Where nothing was typed there is nothing to keep.
    const sent = await drafted(reportAnswers());
    await submitTip(portal, { receipt: sent, language: "zh-CN" });
    const other = citizen(portal);
    other.keep(new Headers({ "Set-Cookie": draftCookie(portal, sent) }));
    expect(await takeUp(other, [["intent", "begin"]])).toMatchObject({ location: "/report/done" });
  });

  test("is told of files that are not kept, and of nothing where nothing was typed", async () => {
    const reader = citizen(portal);
    const body = new FormData();
    body.set("files", new File(["x"], "a.txt"));
    const { request, ...rest } = reader.post("/report/evidence", []);
    const headers = new Headers(request.headers);
    headers.delete("Content-Type");
    const upload = new Request(request.url, { method: "POST", body, headers });
    const answer = await answerOf(() => evidence.action({ ...rest, request: upload }));
    expect(answer).toMatchObject({ status: 400, data: { kind: "draft_ended", carried: { files: true } } });
    expect(htmlIn("zh-CN", <DraftEndedPage {...(answer.data as DraftEnded)} />)).toContain("没有保存");
    const receipt = await drafted();
    expect(await takeUp(reader, [...fieldsOf(answer), ["receipt", numbers(receipt)]])).toMatchObject({
      location: "/report/evidence",
    });
    for (const route of [check, overview]) {
      const args = reader.post("/report/check", [["intent", "submit"]]);
      expect(await answerOf(() => route.action(args))).toMatchObject({
        status: 400,
        data: { kind: "draft_ended", carried: { step: null, files: false } },
      });
    }
  });
});
