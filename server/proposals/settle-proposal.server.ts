import { validate } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { notFound, type DomainError } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { checkAdministrator, isAdministrator } from "~server/staff-auth/check-administrator.server";
import { ownRequest, requesterLeft } from "~server/staff-auth/refusals.server";

/** What a page showed, and a passkey confirmed where one is asked for: the version by its content's hash. */
export type ShownProposal = { readonly proposalId: string; readonly sha256: string; readonly at: Date };

/** The columns every table of proposals has. */
type ProposalRow = {
  readonly id: string;
  readonly version: string;
  readonly sha256: string;
  readonly broughtBy: string | null;
  readonly requestedBy: string | null;
  readonly outcome: string | null;
};

type ProposalChange =
  | { readonly requestedBy: string; readonly requestedAt: Date; readonly reason: string }
  | {
      readonly outcome: "agreed" | "refused" | "withdrawn";
      readonly decidedBy: string;
      readonly decidedAt: Date;
      readonly answer: string | null;
    };

type Told = {
  readonly action: string;
  readonly subjectTable: string;
  readonly subjectId: string;
  readonly data: Readonly<Record<string, string>>;
};

/** Versions of one kind that two administrators put in force: where they lie, and how their refusals and events read. */
export type Proposals<Row extends ProposalRow = ProposalRow> = {
  /** Holds the row until the transaction ends. */
  readonly lock: (tx: Tx, proposalId: string) => Promise<Row | undefined>;
  readonly change: (tx: Tx, proposalId: string, to: ProposalChange) => Promise<unknown>;
  readonly putInForce: (tx: Tx, proposal: Row, at: Date) => Promise<unknown>;
  readonly told: (act: "requested" | "in_force" | "refused" | "withdrawn", proposal: Row) => Told;
  readonly settled: () => DomainError;
  readonly changed: () => DomainError;
  readonly requested: () => DomainError;
  readonly notRequested: () => DomainError;
};

/** What two administrators do with versions of one kind. */
export type Settling = {
  /**
   * One administrator asks for a version to take effect, with a reason; `sha256` is what their page showed and their
   * passkey confirmed. Throws the kind's `settled`, `requested` and `changed` (409); 404 for anyone but an administrator.
   */
  readonly request: (
    db: Database,
    input: ShownProposal & { readonly reason: string },
    actor: StaffActor,
  ) => Promise<void>;
  /**
   * The second administrator agrees, and the version is in force: not the one who asked, and not where that one is no
   * administrator any more. Throws the kind's `notRequested`, `changed` and `settled`, `own_request`, `requester_left`
   * (409) and what putting it in force throws; 404 for anyone but an administrator.
   */
  readonly agree: (db: Database, input: ShownProposal, actor: StaffActor) => Promise<void>;
  /**
   * An administrator turns a version down, or takes back what they themselves brought or asked for; the proposal stays
   * on record with the reason. Throws the kind's `settled` and `changed` (409); 404 for anyone but an administrator.
   */
  readonly refuse: (
    db: Database,
    input: ShownProposal & { readonly reason: string },
    actor: StaffActor,
  ) => Promise<{ outcome: "refused" | "withdrawn" }>;
};

/** The three acts on versions of one kind; `say` turns the refusals of the kind's tables into sentences. */
export function settleBy<Row extends ProposalRow>(
  of: Proposals<Row>,
  say: <T>(work: Promise<T>) => Promise<T>,
): Settling {
  return {
    request: (db, input, actor) => say(requestProposal(db, of, input, actor)),
    agree: (db, input, actor) => say(agreeToProposal(db, of, input, actor)),
    refuse: (db, input, actor) => say(refuseProposal(db, of, input, actor)),
  };
}

function requestProposal<Row extends ProposalRow>(
  db: Database,
  of: Proposals<Row>,
  input: ShownProposal & { readonly reason: string },
  actor: StaffActor,
): Promise<void> {
  return withActor(db, actor, async (tx) => {
    const proposal = await lockProposal(tx, of, input, actor);
    if (proposal.requestedBy !== null) throw of.requested();
    await of.change(tx, proposal.id, {
      requestedBy: actor.id,
      requestedAt: input.at,
      reason: input.reason,
    });
    await record(tx, of, { act: "requested", proposal, at: input.at, note: input.reason }, actor);
  });
}

function agreeToProposal<Row extends ProposalRow>(
  db: Database,
  of: Proposals<Row>,
  input: ShownProposal,
  actor: StaffActor,
): Promise<void> {
  return withActor(db, actor, async (tx) => {
    const proposal = await lockProposal(tx, of, input, actor);
    if (proposal.requestedBy === null) throw of.notRequested();
    if (proposal.requestedBy === actor.id) throw ownRequest();
    if (!(await isAdministrator(tx, proposal.requestedBy))) throw requesterLeft();
    await of.change(tx, proposal.id, {
      ...{ outcome: "agreed", answer: null },
      ...{ decidedBy: actor.id, decidedAt: input.at },
    });
    await of.putInForce(tx, proposal, input.at);
    await record(tx, of, { act: "in_force", proposal, at: input.at }, actor);
  });
}

function refuseProposal<Row extends ProposalRow>(
  db: Database,
  of: Proposals<Row>,
  input: ShownProposal & { readonly reason: string },
  actor: StaffActor,
): Promise<{ outcome: "refused" | "withdrawn" }> {
  return withActor(db, actor, async (tx) => {
    const proposal = await lockProposal(tx, of, input, actor);
    const own = (proposal.requestedBy ?? proposal.broughtBy) === actor.id;
    const outcome = own ? ("withdrawn" as const) : ("refused" as const);
    await of.change(tx, proposal.id, {
      ...{ outcome, answer: input.reason },
      ...{ decidedBy: actor.id, decidedAt: input.at },
    });
    await record(tx, of, { act: outcome, proposal, at: input.at, note: input.reason }, actor);
    return { outcome };
  });
}

/** Held until the transaction ends, so that of two answers at once the second finds it settled. */
async function lockProposal<Row extends ProposalRow>(
  tx: Tx,
  of: Proposals<Row>,
  input: ShownProposal,
  actor: StaffActor,
): Promise<Row> {
  await checkAdministrator(tx, actor);
  const proposal = validate(input.proposalId) ? await of.lock(tx, input.proposalId) : undefined;
  if (proposal === undefined) throw notFound();
  if (proposal.outcome !== null) throw of.settled();
  if (proposal.sha256 !== input.sha256) throw of.changed();
  return proposal;
}

async function record<Row extends ProposalRow>(
  tx: Tx,
  of: Proposals<Row>,
  done: {
    readonly act: Parameters<Proposals["told"]>[0];
    readonly proposal: Row;
    readonly at: Date;
    readonly note?: string;
  },
  actor: StaffActor,
): Promise<void> {
  const event = of.told(done.act, done.proposal);
  const data = done.note === undefined ? event.data : { ...event.data, note: done.note };
  await recordEvent(tx, { ...event, data, at: done.at }, actor);
}
