import { count, desc, eq, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { validate } from "uuid";
import { DEFAULT_BANK_FORMAT, bankFormatSchema, type BankFormat } from "~/forms/bank-format";
import type { Database, Tx } from "~db/client.server";
import { formatProposals } from "~db/schema/bank-formats";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import type { ProposalView } from "~server/packs/list-proposals.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { readFormatInForce } from "./read-format.server";

export const FORMATS_A_PAGE = 20;

const [bringer, requester, decider] = [
  alias(staff, "bringer"),
  alias(staff, "requester"),
  alias(staff, "decider"),
];

function requireReader(actor: StaffActor): void {
  const roles = ["finance_preparer", "finance_reviewer", "finance_approver", "cashier"] as const;
  if (!hasRole(actor, "administrator", "auditor", ...roles)) throw notFound();
}

function selectProposals(tx: Tx) {
  return tx
    .select({
      proposal: formatProposals,
      bringer: { id: bringer.id, name: bringer.displayName },
      requester: { id: requester.id, name: requester.displayName },
      decider: { id: decider.id, name: decider.displayName },
    })
    .from(formatProposals)
    .innerJoin(bringer, eq(bringer.id, formatProposals.broughtBy))
    .leftJoin(requester, eq(requester.id, formatProposals.requestedBy))
    .leftJoin(decider, eq(decider.id, formatProposals.decidedBy));
}

type Row = Awaited<ReturnType<typeof selectProposals>>[number];

function present({ proposal, bringer: first, requester: second, decider: third }: Row): ProposalView {
  const { id, version, sha256, broughtAt, requestedAt, reason, outcome, decidedAt, answer } = proposal;
  return {
    ...{ id, version, sha256, broughtAt, requestedAt, reason, decidedAt, answer },
    ...{ packId: "bank", parentId: null, source: "upload" as const },
    outcome: outcome as ProposalView["outcome"],
    ...{ broughtBy: first, requestedBy: second, decidedBy: third },
  };
}

/** The format in force (`version` null for the shipped example) and every one written, waiting ones first. */
export async function listFormats(db: Database, input: { readonly page: number }, actor: StaffActor) {
  requireReader(actor);
  return withActor(db, actor, async (tx) => {
    const now = await readFormatInForce(tx);
    const rows = await selectProposals(tx)
      .orderBy(sql`${formatProposals.outcome} is not null`, desc(formatProposals.id))
      .limit(FORMATS_A_PAGE)
      .offset((input.page - 1) * FORMATS_A_PAGE);
    const [{ total } = { total: 0 }] = await tx.select({ total: count() }).from(formatProposals);
    return {
      ...{ version: now?.version ?? null, format: now?.format ?? DEFAULT_BANK_FORMAT },
      ...{ proposals: rows.map(present), pages: Math.max(1, Math.ceil(total / FORMATS_A_PAGE)) },
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
    return { proposal: present(row), format: bankFormatSchema.parse(row.proposal.content), now };
  });
}
