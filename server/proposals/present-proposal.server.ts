import { alias } from "drizzle-orm/pg-core";
import { staff } from "~db/schema/staff";

/** Proposals on one page of any of their lists. */
export const PROPOSALS_A_PAGE = 20;

type Person = { readonly id: string; readonly name: string };

type Timing = {
  readonly id: string;
  readonly version: string;
  readonly sha256: string;
  readonly broughtAt: Date;
  readonly requestedAt: Date | null;
  readonly reason: string | null;
  readonly decidedAt: Date | null;
  readonly answer: string | null;
};

/** A version that waits for two administrators, or what became of it; by whom is null for one found in the data folder. */
export type ProposalView = Timing & {
  readonly broughtBy: Person | null;
  readonly requestedBy: Person | null;
  readonly outcome: "agreed" | "refused" | "withdrawn" | "replaced" | null;
  readonly decidedBy: Person | null;
};

/** The three who may stand on a proposal, to be joined by `broughtBy`, `requestedBy` and `decidedBy`. */
export const [bringer, requester, decider] = [
  alias(staff, "bringer"),
  alias(staff, "requester"),
  alias(staff, "decider"),
];

/** Their columns in a selection of proposals. */
export const PEOPLE = {
  bringer: { id: bringer.id, name: bringer.displayName },
  requester: { id: requester.id, name: requester.displayName },
  decider: { id: decider.id, name: decider.displayName },
};

type Row = {
  readonly proposal: Timing & { readonly outcome: string | null };
  readonly bringer: Person | null;
  readonly requester: Person | null;
  readonly decider: Person | null;
};

/** A row of any table of proposals with its people, as pages show it. */
export function presentProposal({ proposal, ...people }: Row): ProposalView {
  const { id, version, sha256, broughtAt, requestedAt, reason, decidedAt, answer } = proposal;
  return {
    ...{ id, version, sha256, broughtAt, requestedAt, reason, decidedAt, answer },
    // One of four, by the tables' checks.
    outcome: proposal.outcome as ProposalView["outcome"],
    ...{ broughtBy: people.bringer, requestedBy: people.requester, decidedBy: people.decider },
  };
}
