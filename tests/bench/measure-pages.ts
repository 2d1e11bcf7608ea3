import { Agent, request as httpRequest } from "node:http";
import type { Portal } from "~server/portal.server";
import { listDemoPeople } from "~server/staff-auth/list-demo-people.server";
import { writeStaffCookie } from "~server/staff-auth/session-cookie.server";
import { signInAsDemo } from "~server/staff-auth/sign-in-as-demo.server";
import { quantile } from "./print-table";

const PUBLIC_PAGES = ["/", "/report", "/status", "/rewards", "/hotlines", "/privacy"];
const ROUNDS = 60;

/** Time from request to last byte on loopback, one request at a time; and what a public page costs to load. */
export async function measurePages(portal: Portal): Promise<{ times: string[][]; bytes: string[][] }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const board = await triageCookie(portal);
  const times: string[][] = [];
  for (const [name, path, cookie] of [
    ["home", "/", ""],
    ["report", "/report", ""],
    ["board", "/staff/board", board],
  ] as const) {
    const measured: number[] = [];
    for (let round = 0; round < ROUNDS + 10; round += 1) {
      const started = process.hrtime.bigint();
      const { status } = await fetchOnce(portal, agent, path, cookie, "gzip");
      if (status !== 200) throw new Error(`${path} was answered ${String(status)}`);
      if (round >= 10) measured.push(Number(process.hrtime.bigint() - started) / 1e6);
    }
    times.push([name, quantile(measured, 0.5).toFixed(1), quantile(measured, 0.95).toFixed(1)]);
  }
  const bytes: string[][] = [];
  for (const path of PUBLIC_PAGES) {
    const page = await get(portal, agent, path, "");
    const html = page.text;
    const styles = [...html.matchAll(/<link[^>]+rel="stylesheet"[^>]*>/g)].map(([tag]) =>
      attribute(tag, "href"),
    );
    const images = [...html.matchAll(/<img[^>]*>/g)].map(([tag]) => attribute(tag, "src"));
    const scripts = [
      ...[...html.matchAll(/<script[^>]+src="[^"]*"[^>]*>/g)].map(([tag]) => attribute(tag, "src")),
      ...[...html.matchAll(/<link[^>]+rel="modulepreload"[^>]*>/g)].map(([tag]) => attribute(tag, "href")),
    ];
    const without = page.bytes + (await weigh(portal, agent, [...styles, ...images]));
    const withScript = without + (await weigh(portal, agent, scripts));
    bytes.push([path, String(without), String(withScript)]);
  }
  agent.destroy();
  return { times, bytes };
}

function attribute(tag: string, name: string): string {
  return new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
}

async function weigh(portal: Portal, agent: Agent, paths: readonly string[]): Promise<number> {
  let total = 0;
  for (const path of new Set(paths))
    if (path.startsWith("/")) total += (await get(portal, agent, path, "")).bytes;
  return total;
}

async function triageCookie(portal: Portal): Promise<string> {
  const people = await listDemoPeople(portal.db, { demoSignIn: true });
  const triage = people.find(({ roles }) => roles.includes("triage_officer"));
  if (triage === undefined) throw new Error("the demo has no triage officer");
  const { token } = await signInAsDemo(portal.db, {
    staffId: triage.id,
    demoSignIn: true,
    clock: portal.clock,
  });
  return writeStaffCookie(token, portal.env.publicOrigin).split(";")[0] ?? "";
}

type Answer = { readonly status: number; readonly head: number; readonly body: Buffer };

async function get(
  portal: Portal,
  agent: Agent,
  path: string,
  cookie: string,
): Promise<{ status: number; bytes: number; text: string }> {
  const packed = await fetchOnce(portal, agent, path, cookie, "gzip");
  const plain = await fetchOnce(portal, agent, path, cookie, "identity");
  // Headers and body as they come over the wire, compressed where the server compresses.
  return {
    status: packed.status,
    bytes: packed.head + packed.body.length,
    text: plain.body.toString("utf8"),
  };
}

function fetchOnce(
  portal: Portal,
  agent: Agent,
  path: string,
  cookie: string,
  encoding: "gzip" | "identity",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      `http://127.0.0.1:${String(portal.env.port)}${path}`,
      {
        agent,
        headers: {
          host: new URL(portal.env.publicOrigin).host,
          "accept-encoding": encoding,
          "accept-language": "zh-CN",
          ...(cookie === "" ? {} : { cookie }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            head: response.rawHeaders.join("\r\n").length,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end();
  });
}
