import { readBody } from "./read-body.server";

/** The posted JSON, null when it is none. Throws the 413 answer `too_large` above 512 KiB. */
export async function readJson(request: Request): Promise<unknown> {
  const body = await readBody(request);
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    return null;
  }
}
