import type { LoaderFunctionArgs } from "@remix-run/node";
import { formatCheckpoint } from "~server/audit/checkpoint-line";
import { listAllRoots } from "~server/audit/list-roots.server";
import { REPORTER } from "~server/staff-auth/actor";

/** Every daily root, oldest first, one a line as in the checkpoint files: for programs, and for keeping. */
export async function loader({ context }: LoaderFunctionArgs) {
  const roots = await listAllRoots(context.portal.db, REPORTER);
  const lines = ["# day position sha256", ...roots.map(formatCheckpoint)];
  return new Response(`${lines.join("\n")}\n`, { headers: { "Content-Type": "text/plain; charset=utf-8" } });
}
