import { eq, sql } from "drizzle-orm";
import { validate } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { schemeProposals } from "~db/schema/scheme-versions";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { checkAdministrator, isAdministrator } from "~server/staff-auth/check-administrator.server";
import { ownRequest, requesterLeft } from "~server/staff-auth/refusals.server";
import { told } from "./bring-scheme.server";
import {
  saySchemeRefusals,
  schemeChanged,
  schemeNotRequested,
  schemeRequested,
  schemeSettled,
} from "./scheme-refusals.server";

type Shown = { readonly proposalId: string; readonly sha256: string; readonly at: Date };

/**
 * One administrator asks for a version to take effect, with a reason; `sha256` is what their page showed and their
 * passkey confirmed. Throws `scheme_settled`, `scheme_requested`, `scheme_changed` (409); 404 for anyone else.
 */
export async function requestScheme(
  db: Database,
  input: Shown & { readonly reason: string },
  actor: StaffActor,
): Promise<void> {
  const work = withActor(db, actor, async (tx) => {
    const proposal = await lockProposal(tx, input, actor);
    if (proposal.requestedBy !== null) throw schemeRequested();
    await tx
      .update(schemeProposals)
      .set({ requestedBy: actor.id, requestedAt: input.at, reason: input.reason })
      .where(eq(schemeProposals.id, proposal.id));
    await record(tx, "scheme.requested", proposal, { at: input.at, note: input.reason }, actor);
  });
  await saySchemeRefusals("", work);
}

/**
 * The second administrator agrees: from now on the version decides reports from its first day. Not the one who asked.
 * Throws `scheme_not_requested`, `own_request`, `requester_left`, `scheme_changed`, `scheme_settled`, `scheme_order`,
 * `scheme_line`, `scheme_version_used` (409); 404 for anyone but an administrator.
 */
export async function agreeToScheme(db: Database, input: Shown, actor: StaffActor): Promise<void> {
  let version = "";
  const work = withActor(db, actor, async (tx) => {
    const proposal = await lockProposal(tx, input, actor);
    version = proposal.version;
    if (proposal.requestedBy === null) throw schemeNotRequested();
    if (proposal.requestedBy === actor.id) throw ownRequest();
    if (!(await isAdministrator(tx, proposal.requestedBy))) throw requesterLeft();
    await settle(tx, { proposalId: proposal.id, outcome: "agreed", at: input.at, answer: null }, actor);
    await tx.execute(
      sql`select put_scheme_in_force(${proposal.id}::uuid, ${input.at.toISOString()}::timestamptz)`,
    );
    await record(tx, "scheme.in_force", proposal, { at: input.at }, actor);
  });
  await work.catch((error: unknown) => saySchemeRefusals(version, Promise.reject(error as Error)));
}

/**
 * An administrator turns a version down, or takes back what they themselves brought or asked for; the proposal stays on
 * record with the reason. Throws `scheme_settled`, `scheme_changed` (409); 404 for anyone but an administrator.
 */
export async function refuseScheme(
  db: Database,
  input: Shown & { readonly reason: string },
  actor: StaffActor,
): Promise<{ outcome: "refused" | "withdrawn" }> {
  const work = withActor(db, actor, async (tx) => {
    const proposal = await lockProposal(tx, input, actor);
    const own = (proposal.requestedBy ?? proposal.broughtBy) === actor.id;
    const outcome = own ? ("withdrawn" as const) : ("refused" as const);
    await settle(tx, { proposalId: proposal.id, outcome, at: input.at, answer: input.reason }, actor);
    await record(tx, `scheme.${outcome}`, proposal, { at: input.at, note: input.reason }, actor);
    return { outcome };
  });
  return saySchemeRefusals("", work);
}

type Proposal = typeof schemeProposals.$inferSelect;

/** Held until the transaction ends, so that of two answers at once the second finds it settled. */
async function lockProposal(tx: Tx, input: Shown, actor: StaffActor): Promise<Proposal> {
  await checkAdministrator(tx, actor);
  const [proposal] = validate(input.proposalId)
    ? await tx.select().from(schemeProposals).where(eq(schemeProposals.id, input.proposalId)).for("update")
    : [];
  if (proposal === undefined) throw notFound();
  if (proposal.outcome !== null) throw schemeSettled();
  if (proposal.sha256 !== input.sha256) throw schemeChanged();
  return proposal;
}

type Settled = {
  readonly proposalId: string;
  readonly outcome: "agreed" | "refused" | "withdrawn";
  readonly at: Date;
  readonly answer: string | null;
};

function settle(tx: Tx, { proposalId, outcome, at, answer }: Settled, actor: StaffActor) {
  return tx
    .update(schemeProposals)
    .set({ outcome, decidedBy: actor.id, decidedAt: at, answer })
    .where(eq(schemeProposals.id, proposalId));
}

async function record(
  tx: Tx,
  action: string,
  proposal: Proposal,
  input: { at: Date; note?: string },
  actor: StaffActor,
): Promise<void> {
  const event = told(action, proposal.id, { id: proposal.schemeId, version: proposal.version });
  const data = input.note === undefined ? event.data : { ...event.data, note: input.note };
  await recordEvent(tx, { ...event, data, at: input.at }, actor);
}
