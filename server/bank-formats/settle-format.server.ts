import { eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { formatProposals } from "~db/schema/bank-formats";
import {
  agreeToProposal,
  refuseProposal,
  requestProposal,
  type Proposals,
  type ShownProposal,
} from "~server/proposals/settle-proposal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { told } from "./bring-format.server";
import {
  formatChanged,
  formatNotRequested,
  formatRequested,
  formatSettled,
  sayFormatRefusals,
} from "./format-refusals.server";

const FORMATS: Proposals<typeof formatProposals.$inferSelect> = {
  lock: async (tx, id) =>
    (await tx.select().from(formatProposals).where(eq(formatProposals.id, id)).for("update"))[0],
  change: (tx, id, to) => tx.update(formatProposals).set(to).where(eq(formatProposals.id, id)),
  // The one agreed to last is in force: there is nothing more to write.
  putInForce: () => Promise.resolve(),
  told: (act, { id, version }) => told(`bank_format.${act}`, id, version),
  settled: formatSettled,
  changed: formatChanged,
  requested: formatRequested,
  notRequested: formatNotRequested,
};

/**
 * One administrator asks for a format to take effect, with a reason; `sha256` is what their page showed and their
 * passkey confirmed. Throws `format_settled`, `format_requested`, `format_changed` (409); 404 for anyone else.
 */
export function requestFormat(
  db: Database,
  input: ShownProposal & { readonly reason: string },
  actor: StaffActor,
): Promise<void> {
  return sayFormatRefusals(requestProposal(db, FORMATS, input, actor));
}

/**
 * The second administrator agrees: the next file is made, the next statement read, by this format. Not the one who
 * asked. Throws `format_not_requested`, `own_request`, `requester_left`, `format_changed`, `format_settled` (409); 404
 * for anyone but an administrator.
 */
export function agreeToFormat(db: Database, input: ShownProposal, actor: StaffActor): Promise<void> {
  return sayFormatRefusals(agreeToProposal(db, FORMATS, input, actor));
}

/**
 * An administrator turns a format down, or takes back what they themselves wrote or asked for. Throws `format_settled`,
 * `format_changed` (409); 404 for anyone but an administrator.
 */
export function refuseFormat(
  db: Database,
  input: ShownProposal & { readonly reason: string },
  actor: StaffActor,
): Promise<{ outcome: "refused" | "withdrawn" }> {
  return sayFormatRefusals(refuseProposal(db, FORMATS, input, actor));
}
