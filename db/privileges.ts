import type pg from "pg";

/** Tables the application only ever adds to (ledger invariant 3, the audit trail, written-once versions). */
export const APPEND_ONLY = [
  "events",
  "packs",
  "schemes",
  "vouchers",
  "approval_steps",
  "accounts",
  "funds",
  "budgets",
  "ledger_transactions",
  "ledger_entries",
  "voucher_numbers",
  "routing_decisions",
  "tip_identifiers",
  "sealed_values",
  "dossier_keys",
  "event_chain",
  "audit_roots",
  "tip_imports",
  "lead_returns",
  ...(["dispute_parties", "dispute_opinions", "dispute_records", "dispute_decisions"] as const),
  "calendar_lists",
  "plan_states",
  "pack_effects",
  "portal_packs",
  ...(["dossier_merge_tips", "dossier_fields", "arrival_ranks"] as const),
  ...(["lead_measures", "handling_letters", "letter_steps", "preservations"] as const),
  "preservation_steps",
  ...(["watch_hits", "watch_versions", "deletion_items"] as const),
  ...(["payee_releases", "window_movements"] as const),
  ...(["assessment_records", "assessment_answers", "award_decisions"] as const),
  "countersignatures",
  ...(["period_closings", "year_closings", "award_carries", "budget_warnings"] as const),
  ...(["ledger_seals", "ledger_roots"] as const),
  ...(["batch_releases", "payout_files", "bank_statements", "reconciliations"] as const),
] as const;

/** Tables only triggers write. */
export const READ_ONLY = [
  ...(["account_balances", "posting_rules", "voucher_queue", "letter_counters", "tombstones"] as const),
  ...(["lead_cards", "card_sectors", "lead_terms", "lead_changes"] as const),
  ...(["board_counts", "board_deltas", "lead_tip_counts", "lead_tip_deltas"] as const),
  ...(["decision_counters", "key_waits", "tip_tally_deltas", "rule_starts"] as const),
] as const;

/** What row-level security asks: views that read as their owner and tell lead ids alone, or how far of one is kept. */
const POLICY_VIEWS = ["held_leads", "rewardable_leads", "party_disputes", "opened_leads"] as const;

/**
 * Tables whose rows may go away: what a draft held (its files too), spent challenges, data keys sealed to a retired role
 * key, news that was spread, old tallies, a person's own views.
 */
const DELETABLE = [
  "drafts",
  "webauthn_challenges",
  "sealed_keys",
  "tip_files",
  "news",
  "tip_tallies",
  "saved_views",
] as const;

/**
 * Gives the application role just the rights it needs, on every start, so that a new table is closed until named
 * here or covered by the default (select, insert, update). Nothing may be deleted or truncated but what is listed.
 */
export async function grantApplicationRole(client: pg.Client, role: string): Promise<void> {
  const app = client.escapeIdentifier(role);
  const tables = await client.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public'",
  );
  await client.query("begin");
  await client.query(`grant usage on schema public to ${app}`);
  await client.query(`revoke all on all tables in schema public from ${app}`);
  for (const { name } of tables.rows) {
    const rights = (READ_ONLY as readonly string[]).includes(name)
      ? "select"
      : (APPEND_ONLY as readonly string[]).includes(name)
        ? "select, insert"
        : (DELETABLE as readonly string[]).includes(name)
          ? "select, insert, update, delete"
          : "select, insert, update";
    await client.query(`grant ${rights} on ${client.escapeIdentifier(name)} to ${app}`);
  }
  for (const view of POLICY_VIEWS) {
    await client.query(`grant select on ${client.escapeIdentifier(view)} to ${app}`);
  }
  await client.query(`grant usage, select on all sequences in schema public to ${app}`);
  await client.query("commit");
}

/** Refuses to run as a role that could undo what the database guards: one sentence naming what is wrong, or null. */
export async function applicationRoleFault(client: pg.Client | pg.Pool): Promise<string | null> {
  const { rows } = await client.query<{ name: string; strong: boolean; preset: boolean; owned: string }>(
    `select current_user as name, r.rolsuper or r.rolbypassrls as strong,
            coalesce(current_setting('app.actor_kind', true), '') <> '' as preset,
            (select count(*) from pg_class c where c.relowner = r.oid)::text as owned
       from pg_roles r where r.rolname = current_user`,
  );
  const me = rows[0];
  if (me === undefined) return "the application role could not be read";
  if (me.strong)
    return `DATABASE_URL: role "${me.name}" is a superuser or bypasses row security; use a plain role`;
  // Every transaction says for whom it works; a connection that says so from birth would see everything for nobody.
  if (me.preset) return `DATABASE_URL: connections of "${me.name}" come with app.actor_kind set; remove it`;
  if (me.owned !== "0")
    return `DATABASE_URL: role "${me.name}" owns ${me.owned} relations; use a role that owns nothing`;
  return null;
}
