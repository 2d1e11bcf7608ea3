/** Every rule of the ledger's tables, by table. One that is gone, or new, fails the test until it is entered here. */
export const KNOWN_RULES: Readonly<Record<string, string>> = {
  account_balances:
    "account_balances_account_fk account_balances_append_only account_balances_keep account_balances_no_truncate account_balances_pkey",
  accounts:
    "accounts_append_only accounts_budget_fk accounts_budget_uq accounts_financial_uq accounts_fund_fk accounts_kind_ck accounts_no_truncate accounts_open accounts_pkey",
  approval_delegations:
    "approval_delegations_apart_ck approval_delegations_days_ck approval_delegations_deputy_fk approval_delegations_ended_ck approval_delegations_ender_fk approval_delegations_grant_fk approval_delegations_hash_ck approval_delegations_keep approval_delegations_live_uq approval_delegations_of_fk approval_delegations_pkey",
  approval_limits:
    "approval_limits_amount_ck approval_limits_decided_ck approval_limits_decider_fk approval_limits_grant_fk approval_limits_keep approval_limits_open_uq approval_limits_outcome_ck approval_limits_pkey approval_limits_requester_fk approval_limits_two_ck",
  approval_set_rows:
    "approval_set_rows_action_ck approval_set_rows_award_fk approval_set_rows_award_uq approval_set_rows_history approval_set_rows_ordinal_ck approval_set_rows_pk approval_set_rows_result_ck approval_set_rows_set_fk",
  approval_sets: "approval_sets_pkey approval_sets_staff_fk",
  approval_steps:
    "approval_steps_action_ck approval_steps_actor_fk approval_steps_actor_uq approval_steps_append_only approval_steps_delegation_fk approval_steps_first_ck approval_steps_grant_fk approval_steps_hash_ck approval_steps_judged approval_steps_keep approval_steps_no_truncate approval_steps_nonce_uq approval_steps_passkey_fk approval_steps_pkey approval_steps_position_uq approval_steps_reason_ck approval_steps_signed_reason_ck approval_steps_stands approval_steps_voucher_fk",
  assessment_answers:
    "assessment_answers_append_only assessment_answers_closed assessment_answers_excluded_ck assessment_answers_lead_fk assessment_answers_no_truncate assessment_answers_once_uq assessment_answers_pool_fk assessment_answers_position_uq assessment_answers_question_ck assessment_answers_reason_ck assessment_answers_staff_fk assessment_answers_tip_fk",
  assessment_records:
    "assessment_records_append_only assessment_records_hash_ck assessment_records_judged assessment_records_lead_fk assessment_records_no_truncate assessment_records_pkey assessment_records_pool_fk",
  award_carries:
    "award_carries_append_only award_carries_award_fk award_carries_from_fk award_carries_keep award_carries_no_truncate award_carries_pk award_carries_to_fk award_carries_transaction_fk",
  award_claims:
    "award_claims_award_fk award_claims_chosen_ck award_claims_claimant_chosen_ck award_claims_claimant_ck award_claims_extended_ck award_claims_extender_fk award_claims_keep award_claims_no_truncate award_claims_of_reporter award_claims_on_line award_claims_papers_by_fk award_claims_papers_ck award_claims_papers_kind_ck award_claims_papers_too_fk award_claims_pkey award_claims_proxy_ck award_claims_reason_ck award_claims_stays award_claims_way_ck award_claims_window_ck",
  award_decisions:
    "award_decisions_append_only award_decisions_award_fk award_decisions_lead_fk award_decisions_no_truncate award_decisions_no_uq award_decisions_number award_decisions_pkey",
  award_holds:
    "award_holds_award_fk award_holds_keep award_holds_lift_reason_ck award_holds_lifted_ck award_holds_lifter_fk award_holds_live_uq award_holds_on_line award_holds_pkey award_holds_placer_fk award_holds_reason_ck award_holds_two_ck",
  award_objections:
    "award_objections_answer_ck award_objections_answered_ck award_objections_award_fk award_objections_ground_ck award_objections_history award_objections_lead_fk award_objections_message_fk award_objections_message_uq award_objections_no_delete award_objections_no_truncate award_objections_open_uq award_objections_outcome_ck award_objections_pkey award_objections_pool_fk award_objections_staff_fk award_objections_tip_fk",
  awards:
    "awards_accepted_ck awards_accepted_in_window awards_amount_ck awards_append_only awards_budget_fk awards_claim_window awards_code_ck awards_code_uq awards_held awards_held_tip awards_history awards_judged awards_lead_fk awards_live_uq awards_no_truncate awards_on_line awards_pkey awards_pool_fk awards_pool_tip_uq awards_status_ck awards_supersedes_fk awards_tip_fk",
  bank_lines:
    "bank_lines_amount_ck bank_lines_fault_ck bank_lines_handler_fk bank_lines_id_ck bank_lines_keep bank_lines_line_fk bank_lines_no_truncate bank_lines_once_uq bank_lines_outcome_ck bank_lines_payout_ck bank_lines_payout_fk bank_lines_payout_uq bank_lines_pkey bank_lines_place_uq bank_lines_statement_fk bank_lines_status_ck bank_lines_stays bank_lines_why_ck",
  bank_statements:
    "bank_statements_fixed bank_statements_fund_fk bank_statements_lines_ck bank_statements_no_truncate bank_statements_number_ck bank_statements_number_uq bank_statements_pkey bank_statements_stays bank_statements_uploader_fk",
  batch_releases:
    "batch_releases_actor_fk batch_releases_actor_uq batch_releases_batch_fk batch_releases_first_ck batch_releases_fixed batch_releases_grant_fk batch_releases_hash_ck batch_releases_keep batch_releases_no_truncate batch_releases_nonce_ck batch_releases_nonce_uq batch_releases_passkey_fk batch_releases_pkey batch_releases_position_ck batch_releases_position_uq batch_releases_stays",
  budget_warnings:
    "budget_warnings_append_only budget_warnings_budget_fk budget_warnings_no_truncate budget_warnings_percent_ck budget_warnings_pk",
  budgets:
    "budgets_append_only budgets_fund_fk budgets_no_truncate budgets_pkey budgets_year_ck budgets_year_uq",
  claim_codes:
    "claim_codes_award_fk claim_codes_days_ck claim_codes_ended_ck claim_codes_hash_ck claim_codes_hash_uq claim_codes_keep claim_codes_live_uq claim_codes_no_truncate claim_codes_number_ck claim_codes_number_uq claim_codes_paid claim_codes_papers claim_codes_pkey claim_codes_spent_uq claim_codes_status_ck claim_codes_stays",
  countersignatures:
    "countersignatures_action_ck countersignatures_actor_fk countersignatures_append_only countersignatures_delegation_fk countersignatures_grant_fk countersignatures_hash_ck countersignatures_keep countersignatures_no_truncate countersignatures_nonce_ck countersignatures_nonce_uq countersignatures_passkey_fk countersignatures_pkey countersignatures_stands countersignatures_voucher_fk countersignatures_voucher_uq",
  funds:
    "funds_agency_fk funds_append_only funds_no_truncate funds_pkey funds_plain_ck funds_slug_ck funds_slug_uq funds_source_uq",
  ledger_entries:
    "ledger_entries_amount_ck ledger_entries_append_only ledger_entries_join ledger_entries_line_uq ledger_entries_no_truncate ledger_entries_pkey ledger_entries_sides_ck",
  ledger_requests:
    "ledger_requests_answer_ck ledger_requests_award_fk ledger_requests_budget_fk ledger_requests_data_ck ledger_requests_decided_by_fk ledger_requests_ended_by_fk ledger_requests_ended_ck ledger_requests_ended_why_ck ledger_requests_history ledger_requests_kind_ck ledger_requests_month_ck ledger_requests_no_truncate ledger_requests_open_uq ledger_requests_outcome_ck ledger_requests_pkey ledger_requests_reason_ck ledger_requests_reference_uq ledger_requests_requested_by_fk ledger_requests_two_ck ledger_requests_withdrawn_ck",
  ledger_roots:
    "ledger_roots_append_only ledger_roots_hash_ck ledger_roots_no_truncate ledger_roots_pkey ledger_roots_position_fk",
  ledger_seals:
    "ledger_seals_append_only ledger_seals_chain ledger_seals_hash_ck ledger_seals_no_truncate ledger_seals_pkey ledger_seals_transaction_fk ledger_seals_transaction_uq",
  ledger_transactions:
    "ledger_transactions_actor_fk ledger_transactions_append_only ledger_transactions_correction_ck ledger_transactions_corrects_fk ledger_transactions_corrects_uq ledger_transactions_idempotency_uq ledger_transactions_judged ledger_transactions_key_ck ledger_transactions_no_truncate ledger_transactions_pkey ledger_transactions_request_fk ledger_transactions_request_uq ledger_transactions_seq_uq ledger_transactions_stamp",
  line_decisions:
    "line_decisions_agreer_fk line_decisions_answer_ck line_decisions_bank_fk line_decisions_bank_uq line_decisions_end line_decisions_keep line_decisions_line_fk line_decisions_line_uq line_decisions_no_truncate line_decisions_pkey line_decisions_reason_ck line_decisions_sayer_fk line_decisions_stays line_decisions_two_ck line_decisions_what_ck line_decisions_withdrawn_ck",
  pay_windows:
    "pay_windows_closed_ck pay_windows_closer_fk pay_windows_code_ck pay_windows_code_uq pay_windows_decided_ck pay_windows_decider_fk pay_windows_fund_fk pay_windows_guard pay_windows_keep pay_windows_no_truncate pay_windows_pkey pay_windows_proposer_fk pay_windows_status_ck pay_windows_stays pay_windows_two_ck pay_windows_words_ck",
  payee_details:
    "payee_details_award_fk payee_details_keep payee_details_live_uq payee_details_no_truncate payee_details_on_line payee_details_papers payee_details_pkey payee_details_reason_ck payee_details_shred payee_details_shredded_ck payee_details_size_ck payee_details_stays payee_details_why_ck",
  payee_releases:
    "payee_releases_enc_ck payee_releases_key_fk payee_releases_of_batch payee_releases_payee_fk payee_releases_person_fk payee_releases_pk payee_releases_releaser_fk payee_releases_two_ck",
  payout_batches:
    "payout_batches_apart_ck payout_batches_cancelled_ck payout_batches_canceller_fk payout_batches_cashier_fk payout_batches_fund_fk payout_batches_hash_ck payout_batches_judged payout_batches_keep payout_batches_lines payout_batches_no_truncate payout_batches_number_uq payout_batches_pkey payout_batches_preparer_fk payout_batches_reason_ck payout_batches_sent_ck payout_batches_status_ck payout_batches_stays",
  payout_files:
    "payout_files_batch_fk payout_files_fixed payout_files_hash_uq payout_files_keep payout_files_kind_ck payout_files_maker_fk payout_files_no_truncate payout_files_pkey payout_files_sha256_ck payout_files_stays",
  payout_lines:
    "payout_lines_amount_ck payout_lines_award_fk payout_lines_batch_fk payout_lines_judged payout_lines_keep payout_lines_live_uq payout_lines_no_truncate payout_lines_pkey payout_lines_position_ck payout_lines_position_uq payout_lines_reference_uq payout_lines_state_ck payout_lines_stays",
  payouts:
    "payouts_amount_ck payouts_append_only payouts_award_fk payouts_box payouts_cashier_fk payouts_held payouts_history payouts_judged payouts_kind_ck payouts_live_uq payouts_move_line payouts_no_truncate payouts_on_line payouts_pkey payouts_reference_ck payouts_reference_plain_ck payouts_reference_uq payouts_returned payouts_status_ck payouts_transaction_fk payouts_transaction_uq",
  period_closings:
    "period_closings_append_only period_closings_keep period_closings_month_ck period_closings_no_truncate period_closings_pkey period_closings_request_fk period_closings_request_uq",
  posting_rules:
    "posting_rules_append_only posting_rules_award_ck posting_rules_fixed posting_rules_no_truncate posting_rules_offset_ck posting_rules_pk",
  reconciliations:
    "reconciliations_explained_ck reconciliations_fixed reconciliations_fund_fk reconciliations_keep reconciliations_maker_fk reconciliations_month_ck reconciliations_no_truncate reconciliations_pkey reconciliations_plain_ck reconciliations_stays",
  reward_pools:
    "reward_pools_amount_ck reward_pools_append_only reward_pools_computation_ck reward_pools_consultation_ck reward_pools_finding_fk reward_pools_history reward_pools_judged reward_pools_lead_fk reward_pools_live_uq reward_pools_no_truncate reward_pools_pkey reward_pools_scheme_fk reward_pools_staff_fk reward_pools_stage_ck reward_pools_status_ck reward_pools_supersedes_fk reward_pools_version_uq",
  scheme_proposals:
    "scheme_proposals_answer_ck scheme_proposals_bringer_ck scheme_proposals_bringer_fk scheme_proposals_decided_ck scheme_proposals_decider_fk scheme_proposals_history scheme_proposals_open_uq scheme_proposals_outcome_ck scheme_proposals_pkey scheme_proposals_reason_ck scheme_proposals_requested_ck scheme_proposals_requester_fk scheme_proposals_source_ck scheme_proposals_two_ck",
  schemes: "schemes_append_only schemes_no_truncate schemes_order schemes_pk",
  voucher_numbers:
    "voucher_numbers_append_only voucher_numbers_gapless voucher_numbers_no_truncate voucher_numbers_pk voucher_numbers_positive_ck voucher_numbers_transaction_fk voucher_numbers_transaction_uq",
  voucher_queue: "voucher_queue_pkey",
  vouchers:
    "vouchers_append_only vouchers_award_fk vouchers_award_uq vouchers_body vouchers_hash_ck vouchers_no_truncate vouchers_pkey",
  window_days:
    "window_days_agreer_fk window_days_counted_ck window_days_counter_fk window_days_explained_ck window_days_keep window_days_no_truncate window_days_pk window_days_plain_ck window_days_status_ck window_days_stays window_days_two_ck window_days_window_fk",
  window_guards:
    "window_guards_no_truncate window_guards_pkey window_guards_stays window_guards_unlocker_fk window_guards_window_fk window_guards_wrong_ck",
  window_movements:
    "window_movements_append_only window_movements_award_fk window_movements_keep window_movements_kind_ck window_movements_no_truncate window_movements_payment_ck window_movements_pkey window_movements_sign_ck window_movements_slip_ck window_movements_slip_uq window_movements_staff_fk window_movements_stays window_movements_transaction_fk window_movements_transaction_uq window_movements_window_fk",
  year_closings:
    "year_closings_append_only year_closings_budget_fk year_closings_judged year_closings_no_truncate year_closings_pkey year_closings_request_fk year_closings_request_uq",
};

/** Columns of these tables that may be empty; every other is NOT NULL, and that is a rule too (`table.column!`). */
export const NULLABLE: Readonly<Record<string, string>> = {
  account_balances: "budget_id",
  accounts: "budget_id",
  approval_delegations: "accepted_at ended_by ended_at",
  approval_limits: "limit_fen outcome decided_by decided_at",
  approval_set_rows: "previous_hash result",
  approval_steps: "previous_hash reason delegation_id",
  assessment_answers: "tip_id reason",
  award_claims:
    "claim_by cash_most_fen extended_to extended_reason extended_by reminded_on way chosen_on claimant papers_kind papers_by papers_too papers_on papers_voided_on",
  award_holds: "lift_reason lifted_by lifted_at",
  award_objections: "outcome answer answered_by answered_at new_pool_id",
  awards: "supersedes_id accepted_on",
  bank_lines: "end_to_end_id fault payout_line_id handled_by handled_at payout_id",
  batch_releases: "previous_hash",
  claim_codes: "ended_on",
  countersignatures: "delegation_id",
  ledger_requests:
    "budget_id award_id month amount_fen event_on outcome decided_by decided_at answer ended_by ended_at ended_why",
  ledger_transactions: "corrects_id award_id actor_id request_id",
  line_decisions: "line_id bank_line_id bank_answer reason agreed_by agreed_at withdrawn_at",
  pay_windows: "decided_by decided_at closed_by closed_at",
  payee_details: "body shredded_on shredded_why",
  payout_batches: "sent_at sent_file_id cancelled_by cancelled_at cancel_reason",
  reconciliations: "explanation",
  reward_pools: "supersedes_id consultation_ref record_hash",
  scheme_proposals: "brought_by requested_by requested_at reason outcome decided_by decided_at answer",
  schemes: "effective_to",
  voucher_queue: "judged_status",
  window_days: "explanation agreed_by agreed_at",
  window_guards: "last_wrong_at locked_at unlocked_by unlocked_at",
  window_movements: "award_id slip code_name",
};

/** Rules that cannot be broken alone, because a check of the same table asks for the same, by that check. */
export const IMPLIED: Readonly<Record<string, string>> = {
  "ledger_requests.kind!": "ledger_requests_kind_ck refuses every kind it does not name",
  "reward_pools.amount_fen!": "reward_pools_computation_ck compares it and takes null for a refusal",
  "reward_pools.computation!": "reward_pools_computation_ck compares it and takes null for a refusal",
  "reward_pools.currency!": "reward_pools_computation_ck compares it and takes null for a refusal",
  "reward_pools.scheme_id!": "reward_pools_computation_ck compares it and takes null for a refusal",
  "reward_pools.scheme_version!": "reward_pools_computation_ck compares it and takes null for a refusal",
};

/** Tables of the portal that hold nothing of the ledger. A new table fails the test until it is entered here or above. */
export const OTHER_TABLES =
  "agencies alerts arrival_ranks audit_roots board_counts board_deltas board_habits board_options bulk_rows bulk_sets calendar_lists card_sectors clock_extensions clock_pauses decision_counters deletion_batches deletion_items dispute_decisions dispute_opinions dispute_parties dispute_records dispute_reopenings disputes dossier_aliases dossier_dismissals dossier_fields dossier_keys dossier_merge_tips dossier_merges dossiers drafts enrolment_links event_chain events findings format_proposals handling_letters identity_requests key_grants key_waits lead_agencies lead_assignments lead_cards lead_changes lead_clocks lead_measures lead_recusals lead_returns lead_sectors lead_terms lead_tip_counts lead_tip_deltas leads legal_holds letter_counters letter_steps news notices pack_effects pack_proposals packs passkeys personal_key_wraps personal_keys plan_deadlines plan_rounds plan_states portal_packs preservation_steps preservations recovery_key_requests registration_lists role_keys role_requests routing_decisions rule_starts saved_views sealed_keys sealed_values settings staff staff_mails staff_roles staff_sessions supervisions tip_files tip_identifiers tip_imports tip_messages tip_tallies tip_tally_deltas tips tombstones watch_entries watch_hits watch_versions webauthn_challenges".split(
    " ",
  );

/** `table.rule` of each. */
export function namesOf(rules: Readonly<Record<string, string>>): string[] {
  return Object.entries(rules).flatMap(([table, names]) =>
    names.split(" ").map((name) => `${table}.${name}`),
  );
}
