import { eq, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { schemeProposals } from "~db/schema/scheme-versions";
import {
  agreeToProposal,
  refuseProposal,
  requestProposal,
  type Proposals,
  type ShownProposal,
} from "~server/proposals/settle-proposal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { told } from "./bring-scheme.server";
import {
  saySchemeRefusals,
  schemeChanged,
  schemeNotRequested,
  schemeRequested,
  schemeSettled,
} from "./scheme-refusals.server";

const SCHEMES: Proposals<typeof schemeProposals.$inferSelect> = {
  lock: async (tx, id) =>
    (await tx.select().from(schemeProposals).where(eq(schemeProposals.id, id)).for("update"))[0],
  change: (tx, id, to) => tx.update(schemeProposals).set(to).where(eq(schemeProposals.id, id)),
  putInForce: (tx, { id, version }, at) =>
    saySchemeRefusals(
      version,
      tx.execute(sql`select put_scheme_in_force(${id}::uuid, ${at.toISOString()}::timestamptz)`),
    ),
  told: (act, { id, schemeId, version }) => told(`scheme.${act}`, id, { id: schemeId, version }),
  settled: schemeSettled,
  changed: schemeChanged,
  requested: schemeRequested,
  notRequested: schemeNotRequested,
};

/**
 * One administrator asks for a version to take effect, with a reason; `sha256` is what their page showed and their
 * passkey confirmed. Throws `scheme_settled`, `scheme_requested`, `scheme_changed` (409); 404 for anyone else.
 */
export function requestScheme(
  db: Database,
  input: ShownProposal & { readonly reason: string },
  actor: StaffActor,
): Promise<void> {
  return saySchemeRefusals("", requestProposal(db, SCHEMES, input, actor));
}

/**
 * The second administrator agrees: from now on the version decides reports from its first day. Not the one who asked.
 * Throws `scheme_not_requested`, `own_request`, `requester_left`, `scheme_changed`, `scheme_settled`, `scheme_order`,
 * `scheme_line`, `scheme_version_used` (409); 404 for anyone but an administrator.
 */
export function agreeToScheme(db: Database, input: ShownProposal, actor: StaffActor): Promise<void> {
  return saySchemeRefusals("", agreeToProposal(db, SCHEMES, input, actor));
}

/**
 * An administrator turns a version down, or takes back what they themselves brought or asked for; the proposal stays on
 * record with the reason. Throws `scheme_settled`, `scheme_changed` (409); 404 for anyone but an administrator.
 */
export function refuseScheme(
  db: Database,
  input: ShownProposal & { readonly reason: string },
  actor: StaffActor,
): Promise<{ outcome: "refused" | "withdrawn" }> {
  return saySchemeRefusals("", refuseProposal(db, SCHEMES, input, actor));
}
