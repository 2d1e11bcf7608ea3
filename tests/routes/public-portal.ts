import type { AppLoadContext } from "@remix-run/node";
import { createElement, type ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { I18nextProvider } from "react-i18next";
import { catalogueEn } from "~/i18n/en/catalogue";
import { createI18n } from "~/i18n/create-i18n";
import type { Locale } from "~/i18n/locale";
import { catalogueZh } from "~/i18n/zh-CN/catalogue";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { fixedClock } from "~server/clock";
import { parseEnv } from "~server/env.server";
import { openEvidence } from "~server/evidence/open-evidence.server";
import { createLog } from "~server/log.server";
import { createMailer } from "~server/notifications/create-mailer.server";
import { loadPack } from "~server/packs/load-pack.server";
import { openShelf } from "~server/packs/open-shelf.server";
import type { Portal } from "~server/portal.server";
import { openKeyring } from "~server/secrecy/keyring.server";
import { systemActor } from "~server/staff-auth/actor";
import { installPack, installSchemes } from "~server/start/install-pack.server";
import { openOffice } from "~tests/factories/office-keys";

/** The day on which these tests happen, in China. */
export const TODAY = "2026-11-21";

/** A portal on a test database, with its pack installed and its clock stopped. */
export async function publicPortal(db: Database): Promise<Portal> {
  const env = parseEnv(
    { NODE_ENV: "test", DEMO: "off", SECRET_KEY: Buffer.alloc(32, 7).toString("base64") },
    "/",
  );
  const pack = loadPack("jinhua");
  await withActor(db, systemActor("test"), async (tx) => {
    await installPack(tx, pack);
    await installSchemes(tx);
  });
  const clock = fixedClock(`${TODAY}T02:00:00Z`);
  const portal = {
    env,
    db,
    clock,
    log: createLog("fatal"),
    keyring: openKeyring(env),
    mailer: createMailer(env),
    pack,
    packs: openShelf(pack),
    evidence: openEvidence(env),
  };
  await openOffice(portal);
  return portal;
}

export type Arguments = { request: Request; params: Record<string, string>; context: AppLoadContext };

/** A browser without a script: it keeps cookies and posts plain forms. */
export function citizen(portal: Portal, headers: Record<string, string> = {}) {
  const cookies = new Map<string, string>();
  const args = (path: string, params: Record<string, string>, init: RequestInit = {}): Arguments => ({
    request: new Request(`http://localhost:3000${path}`, {
      ...init,
      headers: { ...headers, Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
    }),
    params,
    context: { portal, nonce: "" },
  });
  return {
    cookies,
    get: (path: string, params: Record<string, string> = {}) => args(path, params),
    post: (path: string, fields: [string, string][], params: Record<string, string> = {}) =>
      args(path, params, { method: "POST", body: new URLSearchParams(fields) }),
    /** Takes the cookies of an answer, as a browser does. */
    keep(headersOf: Headers): void {
      for (const line of headersOf.getSetCookie()) {
        const [pair = "", ...attributes] = line.split("; ");
        const [name = "", value = ""] = pair.split("=");
        if (attributes.includes("Max-Age=0")) cookies.delete(name);
        else cookies.set(name, value);
      }
    },
  };
}

/** What a loader or action answered: a redirect (returned or thrown), data with a status, or plain data. */
export type Answer = { status: number; location: string | null; headers: Headers; data: unknown };

export async function answerOf(run: () => unknown): Promise<Answer> {
  const value = await Promise.resolve()
    .then(run)
    .catch((thrown: unknown) => thrown);
  if (value instanceof Response) {
    return {
      status: value.status,
      location: value.headers.get("Location"),
      headers: value.headers,
      data: null,
    };
  }
  if (value instanceof Error) throw value;
  const wrapped = value as { type?: string; data?: unknown; init?: ResponseInit | null };
  if (wrapped.type === "DataWithResponseInit") {
    const headers = new Headers(wrapped.init?.headers);
    return { status: wrapped.init?.status ?? 200, location: null, headers, data: wrapped.data };
  }
  return { status: 200, location: null, headers: new Headers(), data: value };
}

/** The HTML a reader of this language gets. */
export function htmlIn(locale: Locale, element: ReactElement): string {
  const i18n = createI18n(locale, locale === "en" ? catalogueEn : catalogueZh);
  return renderToStaticMarkup(createElement(I18nextProvider, { i18n }, element));
}

/** One report that passes, page by page. */
export const ANSWERS: readonly (readonly [string, [string, string][]])[] = [
  ["mode", [["mode", "anonymous"]]],
  ["relation", [["relation", "relative"]]],
  ["kind", [["subjectKind", "organisation"]]],
  ["subject", [["name", "鑫利财富"]]],
  ["online", [["sites", "xinli.example"]]],
  ["in-charge", []],
  ["territory", [["operating", "330782"]]],
  ["sector", [["sector", "p2p"]]],
  [
    "red-lines",
    [
      ["redLines", "p2p.cash_pool"],
      ["redLines", "other"],
    ],
  ],
  [
    "time",
    [
      ["startedOn", "2024-05"],
      ["ongoing", "yes"],
    ],
  ],
  ["amounts", [["amount", "from_1m"]]],
  ["scale", [["people", "unknown"]]],
  ["narrative", [["narrative", "他们在市场门口拉人，说投十万一年返一万二，上个月起取不出来了。"]]],
  [
    "source",
    [
      ["source", "family_or_friend"],
      ["prior", "no"],
    ],
  ],
  ["notice", []],
  ["official", [["official", "no"]]],
  [
    "reward",
    [
      ["wantsReward", "yes"],
      ["noConflict", "yes"],
    ],
  ],
  ["declaration", [["truthful", "yes"]]],
];
