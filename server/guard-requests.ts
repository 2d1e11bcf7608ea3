import type { NextFunction, Request, RequestHandler, Response } from "express";
import { isStaffPath, paths } from "~/paths";
import { IMPORT_BYTES } from "~server/exchange/import-limits";
import { LIST_BYTES } from "./watch/list-columns";
import { MAX_MESSAGE_POST_BYTES, MAX_POST_BYTES } from "./evidence/limits";
import { provesToken } from "./intake/action-token.server";
import { readDraftReceipt } from "./intake/draft-cookie.server";
import type { Portal } from "./portal.server";

/** Twice the largest form (512 KiB): what is larger is no page of ours, whoever sends it. */
const LARGEST_BYTES = 1024 * 1024;
/** How much of a refused body is still let in, and how long (ms), so that its sender reads the answer. */
const DRAINED_BYTES = 8 * LARGEST_BYTES;
const DRAINED_FOR = 5_000;

/** Boundary, part head and token of a message's form fit several times. */
const HEAD_BYTES = 2_048;

/** Milliseconds for a form without files to arrive whole. */
const FORM_TIME = 300_000;

const METHODS = ["GET", "HEAD", "POST"];
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{0,5})?$/i;

/** Whether a request is for the staff side, read as Remix reads it: dot segments gone, decoded, in any case. */
export function isStaffRequest(request: Request): boolean {
  return isStaffPath(pathnameOf(request) ?? request.path);
}

/** 405 for methods no page has; 400 for a host or an address that is none. */
export function refuseMalformed(request: Request, response: Response, next: NextFunction): void {
  if (!METHODS.includes(request.method)) {
    response.setHeader("Allow", METHODS.join(", "));
    refuse(response, 405, "不支持这种请求方式。 This method is not supported.");
  } else if (!isReadableHost(request) || pathnameOf(request) === null) {
    refuse(response, 400, "请求的地址有误。 This address cannot be read.");
  } else next();
}

/**
 * Where the staff side has a host name of its own: 421 for a name that is neither, before anything is served. Health
 * checks ask by address.
 */
export function refuseUnknownHosts({ env }: Portal): RequestHandler {
  const own = [env.publicOrigin, env.staffOrigin];
  return (request, response, next) => {
    if (isOneHost(env) || request.path === "/healthz" || own.some((origin) => isOn(request, origin))) next();
    else refuse(response, 421, "这里没有这个网站。 There is no such site here.");
  };
}

/** Each side's pages are on its own host name only: on the other they are not there. */
export function refuseOtherSide({ env }: Portal): RequestHandler {
  return (request, response, next) => {
    if (isOneHost(env) || isOn(request, isStaffRequest(request) ? env.staffOrigin : env.publicOrigin)) next();
    else refuse(response, 404, "没有找到这个页面。 There is no such page.");
  };
}

function isOneHost(env: Portal["env"]): boolean {
  return env.staffOrigin === env.publicOrigin;
}

/** Whether the Host of a request is the origin's, as the URL standard compares them (case, default port). */
function isOn(request: Request, origin: string): boolean {
  const { protocol, host } = new URL(origin);
  const asked = `${protocol}//${request.headers.host ?? ""}`;
  return URL.canParse(asked) && new URL(asked).host === host;
}

/** A post from another site is refused before any route sees it; staff posts must also say where they come from. */
export function refuseForeignPosts(portal: Portal): RequestHandler {
  return (request, response, next) => {
    if (request.method === "GET" || request.method === "HEAD") return next();
    const origin = request.headers.origin;
    const staffSide = isStaffRequest(request);
    const own = staffSide ? portal.env.staffOrigin : portal.env.publicOrigin;
    const allowed = origin === undefined ? !staffSide : origin === own;
    if (allowed) return next();
    refuse(response, 403, "请从本平台的页面提交。 Please submit from this site's own page.");
  };
}

/**
 * 413 for a body above 1 MiB: by its announced length, or once as much has come of one without a length. A post of
 * evidence may be as large as its files, from a browser that holds a draft; one of a message, once the token that
 * stands first in it shows that a receipt opened its page.
 */
export function refuseLargeBodies(portal: Portal): RequestHandler {
  return (request, response, next) => {
    if (request.method === "GET" || request.method === "HEAD") return next();
    const evidence = bringsEvidence(request, portal);
    const message = bringsMessage(request);
    const largest = evidence ? MAX_POST_BYTES : listBytes(request) + LARGEST_BYTES;
    const announced = Number(request.headers["content-length"] ?? 0);
    if (announced > (message ? MAX_MESSAGE_POST_BYTES : largest)) {
      answerTooLarge(request, response);
      request.resume();
      return;
    }
    const head = message ? keepHead(request) : null;
    const proven = () => head !== null && provesToken(portal, head());
    if (!evidence) endIn(FORM_TIME, request, response, proven);
    if (message) {
      const most = () => (proven() ? MAX_MESSAGE_POST_BYTES : LARGEST_BYTES);
      countChunks(request, response, LARGEST_BYTES, most);
    } else if (request.headers["transfer-encoding"] !== undefined) countChunks(request, response, largest);
    next();
  };
}

/** A message with files: who sends it stands in the form, not in its head. */
function bringsMessage(request: Request): boolean {
  return isMultipart(request) && pathnameOf(request) === paths.status();
}

function isMultipart(request: Request): boolean {
  return /^multipart\/form-data\b/i.test(request.headers["content-type"] ?? "");
}

/** A registration list: only its page takes so much, and that page's guard asks who sends it before it reads. */
/** Bytes a file may have where staff load lists; 0 elsewhere. */
function listBytes(request: Request): number {
  if (!isMultipart(request)) return 0;
  const at = pathnameOf(request);
  if (at === paths.staff.import()) return IMPORT_BYTES;
  return at === paths.staff.watch() ? LIST_BYTES : 0;
}

/** Pages that take files, and who may send them there. Which draft, and what is taken, the page settles. */
function bringsEvidence(request: Request, portal: Portal): boolean {
  if (!isMultipart(request)) return false;
  const headers = new Headers({ Cookie: request.headers.cookie ?? "" });
  return (
    pathnameOf(request) === paths.reportStep("evidence") && readDraftReceipt({ headers }, portal) !== null
  );
}

/** A form is sent within minutes; only files may take longer (the server's own limit is set for those). */
function endIn(ms: number, request: Request, response: Response, spared: () => boolean): void {
  const timer = setTimeout(() => {
    if (!spared()) request.destroy();
  }, ms);
  timer.unref();
  request.once("end", () => clearTimeout(timer));
  response.once("close", () => clearTimeout(timer));
}

/** The first bytes of a body as they pass, where its first field stands. */
function keepHead(request: Request): () => Buffer {
  const push = request.push.bind(request);
  let head = Buffer.alloc(0);
  request.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    const room = HEAD_BYTES - head.byteLength;
    if (chunk !== null && room > 0) head = Buffer.concat([head, chunk.subarray(0, room)]);
    return push(chunk, encoding);
  };
  return () => head;
}

/**
 * Counts at the door, as listening to the stream would start it before its reader is there. `most` is asked once, when
 * more than `usual` has come.
 */
function countChunks(request: Request, response: Response, usual: number, most = () => usual): void {
  const push = request.push.bind(request);
  let size = 0;
  let largest = usual;
  let asked = false;
  request.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    size += chunk?.byteLength ?? 0;
    if (size > largest && !asked) {
      asked = true;
      largest = most();
    }
    if (size <= largest) return push(chunk, encoding);
    // Neither the rest nor the end reaches the reader: half a form must not pass for a whole one.
    if (!response.headersSent) {
      answerTooLarge(request, response, true);
      // With an error: a stream that merely closes would look like a whole, shorter body to its reader.
      request.on("error", () => undefined);
      response.once("finish", () => request.destroy(new Error("body too large")));
    }
    if (chunk === null || size > largest + DRAINED_BYTES) response.end();
    return true;
  };
}

/** The whole answer at once; the connection stays until the sender is done or the bounds are reached. */
function answerTooLarge(request: Request, response: Response, counted = false): void {
  const said = Buffer.from(
    "413 · 提交的内容太大，请删减后再试。 This is too large; please shorten it and try again.",
  );
  response.status(413).type("text").set("Connection", "close").set("Content-Length", String(said.byteLength));
  response.write(said);
  let drained = 0;
  const end = () => response.end();
  const timer = setTimeout(end, DRAINED_FOR);
  response.once("close", () => clearTimeout(timer));
  if (counted || request.headers["transfer-encoding"] !== undefined) return;
  request.once("end", end);
  request.on("data", (chunk: Buffer) => {
    drained += chunk.byteLength;
    if (drained > DRAINED_BYTES) end();
  });
}

function refuse(response: Response, status: number, said: string): void {
  response
    .status(status)
    .type("text")
    .send(`${String(status)} · ${said}`);
}

/** The path as the URL standard reads it, still percent-encoded; null when it is no path or does not decode. */
function pathnameOf({ originalUrl }: Request): string | null {
  if (!originalUrl.startsWith("/") || !URL.canParse(`http://portal.invalid${originalUrl}`)) return null;
  const { pathname } = new URL(`http://portal.invalid${originalUrl}`);
  try {
    decodeURIComponent(pathname);
    return pathname;
  } catch {
    return null;
  }
}

/** Remix builds a URL of the Host and of the port a proxy forwards; both must make one. */
function isReadableHost(request: Request): boolean {
  const { host } = request.headers;
  if (host !== undefined && !(HOST.test(host) && URL.canParse(`http://${host}`))) return false;
  const port = Number.parseInt(request.get("X-Forwarded-Host")?.split(":")[1] ?? "", 10);
  return Number.isNaN(port) || (port >= 0 && port <= 65_535);
}
