import type { LoaderFunctionArgs } from "@remix-run/node";
import { formatCheckpoint } from "~server/audit/checkpoint-line";
import { listAllRoots } from "~server/audit/list-roots.server";
import { listAllLedgerRoots } from "~server/ledger/list-ledger-roots.server";
import { formatLedgerRoot } from "~server/ledger/published-roots";
import { REPORTER } from "~server/staff-auth/actor";

/**
 * Every daily root of the audit trail, oldest first, one a line as in the checkpoint files; then the journal's, each
 * marked `ledger`. For programs (`audit:verify`, `ledger:verify --roots`), and for keeping.
 */
export async function loader({ context }: LoaderFunctionArgs) {
  const roots = await listAllRoots(context.portal.db, REPORTER);
  const ledger = await listAllLedgerRoots(context.portal.db, REPORTER);
  const lines = ["# day position sha256", ...roots.map(formatCheckpoint)];
  if (ledger.length > 0) lines.push("# ledger: day position sha256", ...ledger.map(formatLedgerRoot));
  return new Response(`${lines.join("\n")}\n`, { headers: { "Content-Type": "text/plain; charset=utf-8" } });
}
