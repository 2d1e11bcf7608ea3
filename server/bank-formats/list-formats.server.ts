import { count, desc, eq, sql } from "drizzle-orm";
import { validate } from "uuid";
import { DEFAULT_BANK_FORMAT, bankFormatSchema, type BankFormat } from "~/forms/bank-format";
import type { Database, Tx } from "~db/client.server";
import { formatProposals } from "~db/schema/bank-formats";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import {
  PEOPLE,
  PROPOSALS_A_PAGE,
  bringer,
  decider,
  presentProposal,
  requester,
  type ProposalView,
} from "~server/proposals/present-proposal.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { readFormatInForce } from "./read-format.server";

function requireReader(actor: StaffActor): void {
  const roles = ["finance_preparer", "finance_reviewer", "finance_approver", "cashier"] as const;
  if (!hasRole(actor, "administrator", "auditor", ...roles)) throw notFound();
}

function selectProposals(tx: Tx) {
  return tx
    .select({ proposal: formatProposals, ...PEOPLE })
    .from(formatProposals)
    .innerJoin(bringer, eq(bringer.id, formatProposals.broughtBy))
    .leftJoin(requester, eq(requester.id, formatProposals.requestedBy))
    .leftJoin(decider, eq(decider.id, formatProposals.decidedBy));
}

/** The format in force (`version` null for the shipped example) and every one written, waiting ones first. */
export async function listFormats(db: Database, input: { readonly page: number }, actor: StaffActor) {
  requireReader(actor);
  return withActor(db, actor, async (tx) => {
    const now = await readFormatInForce(tx);
    const rows = await selectProposals(tx)
      .orderBy(sql`${formatProposals.outcome} is not null`, desc(formatProposals.id))
      .limit(PROPOSALS_A_PAGE)
      .offset((input.page - 1) * PROPOSALS_A_PAGE);
    const [{ total } = { total: 0 }] = await tx.select({ total: count() }).from(formatProposals);
    return {
      ...{ version: now?.version ?? null, format: now?.format ?? DEFAULT_BANK_FORMAT },
      ...{ proposals: rows.map(presentProposal), pages: Math.max(1, Math.ceil(total / PROPOSALS_A_PAGE)) },
    };
  });
}

/** A written format beside the one in force. 404 for those who may not see it. */
export async function readFormatProposal(
  db: Database,
  input: { readonly proposalId: string },
  actor: StaffActor,
): Promise<{ proposal: ProposalView; format: BankFormat; now: BankFormat }> {
  requireReader(actor);
  if (!validate(input.proposalId)) throw notFound();
  return withActor(db, actor, async (tx) => {
    const [row] = await selectProposals(tx).where(eq(formatProposals.id, input.proposalId));
    if (row === undefined) throw notFound();
    const now = (await readFormatInForce(tx))?.format ?? DEFAULT_BANK_FORMAT;
    return { proposal: presentProposal(row), format: bankFormatSchema.parse(row.proposal.content), now };
  });
}
