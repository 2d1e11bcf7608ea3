import { setTimeout } from "node:timers/promises";
import { isReceipt, readReceipt, type Receipt } from "~server/secrecy/receipt";
import type { RawAnswers } from "~/forms/report";

export type Answer = { readonly status: number; readonly location: string | null; readonly text: string };

export type Browser = {
  get(path: string): Promise<Answer>;
  post(path: string, fields: Readonly<Record<string, string | string[]>>): Promise<Answer>;
  /** A body as it is, for what no form of ours would send. */
  send(path: string, type: string, body: string | Buffer): Promise<Answer>;
};

/**
 * A browser without a script: it keeps cookies, posts plain forms and follows no redirect by itself. `address` is what
 * the proxy in front would say of it.
 */
export function openBrowser(origin: string, address: string): Browser {
  const cookies = new Map<string, string>();
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const headers = new Headers(init.headers);
    headers.set("Cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    headers.set("X-Forwarded-For", address);
    if (init.method === "POST") headers.set("Origin", origin);
    const response = await fetch(`${origin}${path}`, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split("; ");
      const at = pair.indexOf("=");
      if (attributes.includes("Max-Age=0")) cookies.delete(pair.slice(0, at));
      else cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return {
      status: response.status,
      location: response.headers.get("Location"),
      text: await response.text(),
    };
  };
  return {
    get: (path) => ask(path),
    post: (path, fields) => {
      const body = new URLSearchParams();
      for (const [name, value] of Object.entries(fields))
        for (const one of Array.isArray(value) ? value : [value]) body.append(name, one);
      return ask(path, { method: "POST", body });
    },
    send: (path, type, body) =>
      ask(path, {
        method: "POST",
        headers: { "Content-Type": type },
        body: new Uint8Array(Buffer.from(body)),
      }),
  };
}

/** As a website's reporter is asked them. */
const ORDER = [
  ...(["mode", "relation", "kind", "online", "subject", "in-charge", "territory", "sector"] as const),
  ...(["red-lines", "time", "amounts", "scale", "narrative", "source", "identity", "contact"] as const),
  ...(["notice", "official", "reward", "declaration"] as const),
];

/** Files a report page by page, as a citizen does, and returns the receipt as the page shows it. */
export async function fileReport(browser: Browser, answers: RawAnswers): Promise<Receipt> {
  const through = async (path: string, fields: Record<string, string | string[]>, to: string) => {
    const { status, location } = await browser.post(path, fields);
    if (status !== 302 || location !== to) throw new Error(`${path} was answered ${String(status)}`);
  };
  await through("/report", { intent: "begin" }, "/report/mode");
  for (const [at, step] of ORDER.entries()) {
    const following = step === "source" ? "evidence" : (ORDER[at + 1] ?? "check");
    await through(`/report/${step}`, { intent: "continue", ...answers[step] }, `/report/${following}`);
  }
  const work = doTheWork((await browser.get("/report/check")).text);
  // The question asks for a few seconds' patience; sooner it would be put again.
  await setTimeout(3_200);
  await through("/report/check", { intent: "submit", ...work }, "/report/done");
  const shown = (await browser.get("/report/done")).text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
  const numbers = /(?:\b\d{4} ){11}\d{4}\b/.exec(shown)?.[0] ?? "";
  const receipt = readReceipt(numbers);
  if (!isReceipt(receipt)) throw new Error("the receipt's page shows no receipt");
  await through("/report/done", { ending: numbers.split(" ").slice(8).join(" ") }, "/report/sent");
  return receipt;
}

const NUMBERS: Record<string, number> = { 一: 1, 二: 2, 三: 3, 四: 4, 五: 5 };

/** What the form of the last page carries once its small sum is done, as a reader without a script does it. */
function doTheWork(page: string): Record<string, string> {
  const hidden = (name: string) => {
    const input = (page.match(/<input[^>]*>/g) ?? []).find((tag) => tag.includes(`name="${name}"`)) ?? "";
    return (/value="([^"]*)"/.exec(input)?.[1] ?? "").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
  };
  const label = /<label[^>]*for="answer"[^>]*>(.*?)<\/label>/s.exec(page)?.[1] ?? "";
  const terms = label.replace(/<[^>]*>/g, "").match(/[一二三四五]/g) ?? [];
  if (terms.length !== 2) throw new Error("the last page asks no sum");
  const answer = terms.reduce((sum, term) => sum + (NUMBERS[term] ?? 0), 0);
  return {
    challenge: hidden("challenge"),
    question: hidden("question"),
    solution: "",
    answer: String(answer),
  };
}
