import { sql } from "drizzle-orm";
import type pg from "pg";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { slotsFor } from "~server/secrecy/slots";
import type { ActingFor, StaffActor } from "~server/staff-auth/actor";
import type { Role } from "~server/staff-auth/roles";

/**
 * Tables without row-level security, each with the reason why everybody may read and write all of it. A new table is
 * guarded, or stands here.
 */
export const UNGUARDED: Readonly<Record<string, string>> = {};

/** What everybody reads who acts for somebody: it is public, or says nothing about anyone. */
export const PUBLISHED: Readonly<Record<string, string>> = {
  agencies: "the bodies' names stand on public pages",
  packs: "a jurisdiction's published rules",
  schemes: "published reward rules, shown on /rewards",
  settings: "which pack runs, and whether this is a demonstration",
  posting_rules: "the event table of the ledger design",
  audit_roots: "published on /verify",
  ledger_roots: "published on /verify",
  calendar_lists: "the State Council's own lists",
  pack_effects: "which version of the published rules is in force since when",
  portal_packs: "which published rules this portal goes by",
};

const MONEY: readonly Role[] = [
  "finance_preparer",
  "finance_reviewer",
  "finance_approver",
  "cashier",
  "auditor",
];
const WINDOW: readonly Role[] = [...MONEY, "window_clerk"];
const PLANNERS: readonly Role[] = ["triage_officer", "auditor", "agency_officer", "agency_verifier"];
const OVERSEERS: readonly Role[] = ["administrator", "auditor"];

type Rule = (actor: StaffActor) => string;
const when =
  (roles: readonly Role[]): Rule =>
  (actor) =>
    String(actor.roles.some((role) => roles.includes(role)));
const everyone: Rule = () => "true";
const nobody: Rule = () => "false";
const own: Rule = (actor) => `staff_id = '${actor.id}'`;
const or =
  (...rules: Rule[]): Rule =>
  (actor) =>
    rules.map((rule) => `(${rule(actor)})`).join(" or ");
const ofOwnKey: Rule = (actor) =>
  `personal_key_id in (select id from personal_keys where staff_id = '${actor.id}')`;
const ofOwnSlots: Rule = (actor) =>
  `role_key_id in (select id from role_keys where slot in (${["''", ...slotsFor(actor).map((slot) => `'${slot}'`)].join(",")}))`;

const ofOwnBoard: Rule = (actor) =>
  actor.roles.some((role) => role === "triage_officer" || role === "auditor")
    ? "true"
    : actor.roles.some((role) => role === "agency_officer" || role === "agency_verifier")
      ? `reach = '${actor.agencyId}'`
      : "false";

/** Which rows a member of staff sees, as a condition the owner asks with. Tables of leads have a walk of their own. */
export const STAFF_SEE: Readonly<Record<string, Rule>> = {
  drafts: nobody,
  role_keys: everyone,
  personal_keys: everyone,
  personal_key_wraps: ofOwnKey,
  key_grants: or(ofOwnKey, ofOwnSlots, when(OVERSEERS)),
  staff: everyone,
  staff_roles: everyone,
  role_requests: when(OVERSEERS),
  recovery_key_requests: when(OVERSEERS),
  registration_lists: when(["triage_officer", "auditor"]),
  watch_entries: when(["triage_officer", "auditor"]),
  watch_hits: when(["triage_officer", "auditor"]),
  watch_versions: when(["triage_officer", "auditor"]),
  // What a recusal hides of the next two has a test with the pages'.
  legal_holds: when(["triage_officer", ...OVERSEERS]),
  deletion_items: when(["triage_officer", ...OVERSEERS]),
  deletion_batches: when(["triage_officer", ...OVERSEERS]),
  tombstones: when(["triage_officer", ...OVERSEERS]),
  staff_sessions: or(own, when(OVERSEERS)),
  enrolment_links: or(own, when(OVERSEERS)),
  passkeys: or(own, when(OVERSEERS)),
  webauthn_challenges: own,
  reward_pools: when(MONEY),
  awards: when(MONEY),
  vouchers: when(MONEY),
  assessment_records: when(MONEY),
  assessment_answers: when(MONEY),
  award_objections: when(MONEY),
  award_decisions: when(MONEY),
  decision_counters: nobody,
  approval_steps: when(MONEY),
  payouts: (actor) => (actor.roles.includes("window_clerk") ? "kind = 'window'" : when(MONEY)(actor)),
  funds: when([...WINDOW, "administrator"]),
  budgets: when(WINDOW),
  accounts: when(WINDOW),
  countersignatures: when(MONEY),
  award_holds: when(MONEY),
  approval_limits: when([...MONEY, "administrator"]),
  approval_delegations: when([...MONEY, "administrator"]),
  approval_sets: own,
  approval_set_rows: (actor) => `set_id in (select id from approval_sets where staff_id = '${actor.id}')`,
  payout_batches: when(MONEY),
  payout_lines: when(MONEY),
  batch_releases: when(MONEY),
  payout_files: when(MONEY),
  line_decisions: when(MONEY),
  bank_statements: when(MONEY),
  bank_lines: when(MONEY),
  reconciliations: when(MONEY),
  account_balances: when(MONEY),
  ledger_transactions: (actor) =>
    actor.roles.includes("window_clerk") ? `actor_id = '${actor.id}'` : when(MONEY)(actor),
  ledger_entries: when(MONEY),
  voucher_numbers: when(MONEY),
  award_claims: when(MONEY),
  claim_codes: nobody,
  payee_details: when(["finance_approver", "cashier"]),
  payee_releases: (actor) =>
    actor.roles.includes("finance_approver")
      ? `released_by = '${actor.id}'`
      : actor.roles.includes("cashier")
        ? `person_id = '${actor.id}'`
        : "false",
  pay_windows: everyone,
  window_guards: when(WINDOW),
  window_movements: when(WINDOW),
  window_days: when(WINDOW),
  voucher_queue: nobody,
  ledger_requests: when(MONEY),
  period_closings: when(MONEY),
  year_closings: when(MONEY),
  award_carries: when(MONEY),
  budget_warnings: when(MONEY),
  ledger_seals: when(MONEY),
  event_chain: when(["auditor"]),
  board_counts: ofOwnBoard,
  board_deltas: ofOwnBoard,
  saved_views: (actor) => `owner_id = '${actor.id}' or shared and agency_id = '${actor.agencyId}'`,
  board_habits: own,
  board_options: (actor) => `agency_id = '${actor.agencyId}'`,
  bulk_sets: own,
  bulk_rows: (actor) => `set_id in (select id from bulk_sets where staff_id = '${actor.id}')`,
  tip_imports: nobody,
  news: nobody,
  // What a recusal hides of it has a test with the pages'.
  key_waits: when(["triage_officer"]),
  letter_counters: nobody,
  staff_mails: when(OVERSEERS),
  tip_tallies: nobody,
  tip_tally_deltas: nobody,
  rule_starts: nobody,
  plan_rounds: when(PLANNERS),
  plan_deadlines: when(PLANNERS),
  plan_states: (actor) =>
    actor.roles.some((role) => ["triage_officer", "auditor"].includes(role))
      ? "true"
      : actor.roles.some((role) => PLANNERS.includes(role))
        ? `agency_id = '${actor.agencyId}'`
        : "false",
  pack_proposals: when(["administrator", "auditor", "triage_officer"]),
  scheme_proposals: when([
    ...(["administrator", "auditor", "finance_preparer", "finance_reviewer", "finance_approver"] as const),
  ]),
  format_proposals: when([
    ...(["administrator", "auditor", "cashier"] as const),
    ...(["finance_preparer", "finance_reviewer", "finance_approver"] as const),
  ]),
  ...Object.fromEntries(Object.keys(PUBLISHED).map((table) => [table, everyone])),
};

const LIVE_KEYS = { role_keys: "retired_at is null" };
const EVERYBODY: Readonly<Record<string, string>> = {
  ...LIVE_KEYS,
  pay_windows: "status = 'open'",
  ...Object.fromEntries(Object.keys(PUBLISHED).map((table) => [table, "true"])),
};

/** Which rows somebody on the public side sees who shows no receipt, or one that is unknown. */
export const PUBLIC_SEES = EVERYBODY;

/** Which rows the receipt of a tip shows. */
export function receiptSees(tipId: string): Readonly<Record<string, string>> {
  const lead = `(select lead_id from tips where id = '${tipId}')`;
  const awards = `(select id from awards where tip_id = '${tipId}')`;
  return {
    ...EVERYBODY,
    tips: `id = '${tipId}'`,
    tip_identifiers: `tip_id = '${tipId}'`,
    leads: `id = ${lead}`,
    lead_agencies: `lead_id = ${lead} and to_at is null and relation = 'lead'`,
    events: `lead_id = ${lead} and recorded_on >= (select arrived_on from tips where id = '${tipId}')
      and (action in ('lead.moved', 'lead.dispatched', 'finding.verified')
        or action = 'award.approved' and subject_id in (select id::text from ${awards} own))`,
    awards: `tip_id = '${tipId}'`,
    reward_pools: `id in (select pool_id from awards where tip_id = '${tipId}')`,
    payouts: `award_id in ${awards}`,
    award_claims: `award_id in ${awards}`,
    claim_codes: `award_id in ${awards}`,
    payee_details: `award_id in ${awards}`,
    award_objections: `tip_id = '${tipId}'`,
    tip_files: `tip_id = '${tipId}'`,
    tip_messages: `tip_id = '${tipId}'`,
  };
}

/** Which rows intake sees while it takes in the report of a draft. */
export function intakeSees(lookupId: Buffer): Readonly<Record<string, string>> {
  return {
    ...EVERYBODY,
    drafts: `lookup_id = '\\x${lookupId.toString("hex")}'`,
    dossier_keys: "true",
    leads: "closed_at is null",
  };
}

/** And once the report is on its lead. */
export function intakeSeesOf(tipId: string): Readonly<Record<string, string>> {
  const lead = `(select lead_id from tips where id = '${tipId}')`;
  return {
    ...EVERYBODY,
    dossier_keys: "true",
    leads: "closed_at is null",
    tips: `lead_id = ${lead}`,
    tip_files: `tip_id = '${tipId}'`,
    lead_sectors: `lead_id = ${lead}`,
    lead_agencies: `lead_id = ${lead} and to_at is null`,
  };
}

export const GATE_SEES: Readonly<Record<string, string>> = {
  ...EVERYBODY,
  staff: "true",
  staff_roles: "true",
  staff_sessions: "true",
  enrolment_links: "true",
  webauthn_challenges: "true",
  passkeys: "true",
};

/** Every table of the schema, and whether PostgreSQL guards its rows. */
export async function listTables(owner: pg.Pool): Promise<{ name: string; guarded: boolean }[]> {
  const { rows } = await owner.query<{ name: string; guarded: boolean }>(
    `select relname as name, relrowsecurity as guarded from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`,
  );
  return rows;
}

/** Where the rows of a whole table lie that somebody gets. */
export async function rowsFor(plain: Database, actor: ActingFor, table: string): Promise<string[]> {
  const { rows } = await withActor(plain, actor, (tx) =>
    tx.execute<{ at: string }>(sql.raw(`select ctid::text as at from ${table}`)),
  );
  return rows.map(({ at }) => at).sort();
}

/** Where the rows lie that answer a condition. */
export async function rowsWhere(owner: pg.Pool, table: string, condition: string): Promise<string[]> {
  const { rows } = await owner.query<{ at: string }>(
    `select ctid::text as at from ${table} where ${condition}`,
  );
  return rows.map(({ at }) => at).sort();
}
