-- A posting about an award is judged from one reading of its entries, accounts and balances, and one of its award. The
-- rules are those of 0035; what changed is how often the same rows are read.
--
-- An award as it stands in the transaction that judges it: where its money sits now (award_budget), its signatures in their
-- order, and its postings by name.
CREATE TYPE award_standing AS (
  id uuid, status text, amount_fen bigint, fund_id uuid, budget_id uuid, fiscal_year integer,
  voucher uuid, pool text, acts text[], events text[], paid boolean, written boolean
);
--> statement-breakpoint
-- Held until commit: written by this transaction, or locked here and read again.
CREATE FUNCTION read_standing(wanted uuid) RETURNS award_standing LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s award_standing;
BEGIN
  LOOP
    SELECT a.id, a.status, a.amount_fen, b.fund_id, b.id, b.fiscal_year,
           (SELECT v.id FROM vouchers v WHERE v.award_id = a.id),
           (SELECT p.status FROM reward_pools p WHERE p.id = a.pool_id),
           array(SELECT k.action FROM vouchers v JOIN approval_steps k ON k.voucher_id = v.id
                  WHERE v.award_id = a.id ORDER BY k.position),
           array(SELECT t.event FROM ledger_transactions t WHERE t.award_id = a.id ORDER BY t.event),
           EXISTS (SELECT 1 FROM payouts o WHERE o.award_id = a.id),
           coalesce(s.written, a.xmin = pg_current_xact_id()::xid)
      INTO s
      FROM awards a JOIN budgets b ON b.id = coalesce((SELECT c.to_budget_id FROM award_carries c JOIN budgets o ON o.id = c.to_budget_id
             WHERE c.award_id = a.id ORDER BY o.fiscal_year DESC LIMIT 1), a.budget_id)
     WHERE a.id = wanted;
    EXIT WHEN s.written IS NOT FALSE;
    PERFORM 1 FROM awards WHERE id = wanted FOR UPDATE;
    s.written := true;
  END LOOP;
  RETURN s;
END $$;
--> statement-breakpoint
-- Invariants 3, 4, 6 and 7 of one award (0035, check_award).
CREATE FUNCTION judge_award(a award_standing) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  k record;
  ordered numeric; settled numeric;
BEGIN
  IF a.voucher IS NULL THEN
    PERFORM refuse('awards_voucher_missing', 'every award has its voucher');
  END IF;
  IF a.pool = 'superseded' AND a.status NOT IN ('superseded', 'rejected', 'revoked', 'lapsed')
     OR a.pool = 'live' AND a.status = 'superseded' THEN
    PERFORM refuse('awards_pool_state', 'an award is superseded with its pool');
  END IF;
  IF NOT (CASE a.status
      WHEN 'drafted' THEN a.acts = '{}'
      WHEN 'prepared' THEN a.acts = '{prepare}'
      WHEN 'reviewed' THEN a.acts = '{prepare,review}'
      WHEN 'rejected' THEN a.acts IN ('{prepare,reject}', '{prepare,review,reject}')
      WHEN 'superseded' THEN a.acts IN ('{}', '{prepare}', '{prepare,review}')
      ELSE a.acts = '{prepare,review,approve}' END) THEN
    PERFORM refuse('awards_signed', 'an award stands where its signatures put it');
  END IF;
  IF NOT a.paid AND a.events = (CASE WHEN a.status IN ('approved', 'accepted') THEN ARRAY['award.encumbered']
       WHEN a.status = 'posted' THEN ARRAY['award.encumbered', 'award.posted'] END) THEN
    RETURN;
  END IF;
  SELECT t.*, o.* INTO k
    FROM (SELECT count(*) FILTER (WHERE event = 'award.encumbered') AS encumbered, count(*) FILTER (WHERE event = 'award.posted') AS posted,
                 count(*) FILTER (WHERE event = 'award.paid') AS paid, count(*) FILTER (WHERE event = 'award.bounced') AS bounced,
                 count(*) FILTER (WHERE event IN ('award.lapsed', 'award.revoked')) AS released,
                 count(*) FILTER (WHERE event = 'award.posting_revoked') AS unposted,
                 count(*) FILTER (WHERE event LIKE 'clawback.%') AS clawed
            FROM unnest(a.events) event) t,
         (SELECT count(*) AS payments, count(*) FILTER (WHERE status = 'live') AS live FROM payouts WHERE award_id = a.id) o;
  IF a.status IN ('approved', 'accepted', 'posted', 'paid', 'lapsed', 'revoked') AND k.encumbered = 0 THEN
    PERFORM refuse('awards_encumbered', 'an award is approved only with its money set aside');
  END IF;
  IF NOT (CASE
      WHEN a.status IN ('approved', 'accepted') THEN k.encumbered = 1 AND k.posted + k.paid + k.bounced + k.released + k.unposted = 0
      WHEN a.status = 'posted' THEN k.encumbered = 1 AND k.posted = 1 AND k.paid = k.bounced AND k.released + k.unposted = 0
      WHEN a.status = 'paid' THEN k.encumbered = 1 AND k.posted = 1 AND k.paid = k.bounced + 1 AND k.released + k.unposted = 0
      WHEN a.status = 'lapsed' THEN k.encumbered = 1 AND k.released = 1 AND k.posted + k.paid + k.bounced + k.unposted = 0
      WHEN a.status = 'revoked' THEN k.encumbered = 1 AND k.paid = k.bounced AND k.posted = k.unposted AND k.released + k.unposted = 1
      ELSE k.encumbered + k.posted + k.paid + k.bounced + k.released + k.unposted = 0 END) THEN
    PERFORM refuse('awards_ledger', 'an award stands where its postings put it');
  END IF;
  IF k.payments <> k.paid OR k.live <> k.paid - k.bounced THEN
    PERFORM refuse('payouts_ledger', 'every payment has its posting, and every posting its payment');
  END IF;
  IF k.clawed = 0 THEN RETURN; END IF;
  SELECT coalesce(sum(e.amount_fen) FILTER (WHERE t.event = 'clawback.ordered'), 0),
         coalesce(sum(e.amount_fen) FILTER (WHERE t.event <> 'clawback.ordered'), 0)
    INTO ordered, settled FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id
    JOIN accounts d ON d.id = e.debit_account_id JOIN accounts c ON c.id = e.credit_account_id
   WHERE t.award_id = a.id AND t.event LIKE 'clawback.%' AND 'recoverable' IN (d.kind, c.kind);
  IF ordered > 0 AND (a.status <> 'paid' OR ordered > a.amount_fen) OR settled > ordered THEN
    PERFORM refuse('awards_clawback', 'no more comes back than was paid and ordered back');
  END IF;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION check_award(wanted uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- As in lock_accounts, an IF and no PERFORM.
  IF judge_award(read_standing(wanted)) IS NULL THEN NULL; END IF;
END $$;
--> statement-breakpoint
-- Invariant 5, as what was read of the balances of a posting has it.
CREATE FUNCTION refuse_balances(short text, off boolean) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF short IS NOT NULL THEN
    PERFORM refuse('account_balances_' || short || '_ck', short || ' would be negative');
  END IF;
  IF off THEN
    PERFORM refuse('account_balances_appropriation_ck', 'appropriation is available, encumbered and spent together');
  END IF;
END $$;
--> statement-breakpoint
DROP FUNCTION check_posting(ledger_transactions);
--> statement-breakpoint
DROP FUNCTION check_balances(uuid);
--> statement-breakpoint
-- As in 0035; answers the state of the award the posting is about, which it judges too.
CREATE FUNCTION check_posting(t ledger_transactions) RETURNS text LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  f record;
  y record;
  a award_standing;
BEGIN
  SELECT count(*) AS entries,
         -- What is wrong with an entry by itself (refuse_entries), in the order in which it is told. One amount on both
         -- sides balances only within one book and one currency.
         min(CASE WHEN d.book <> c.book THEN 1 WHEN d.currency <> c.currency THEN 2
                  WHEN d.fund_id <> t.fund_id OR c.fund_id <> t.fund_id THEN 3
                  WHEN z.budget_id IS NOT NULL AND z.request_id IS DISTINCT FROM t.request_id THEN 4 WHEN r.event IS NULL THEN 5
                  WHEN d.budget_id IS DISTINCT FROM c.budget_id THEN 7 ELSE 9 END) AS fault,
         min(d.currency) AS currency, max(d.currency) AS other,
         coalesce(sum(e.amount_fen) FILTER (WHERE r.leg = 1), 0) AS first_leg,
         coalesce(sum(e.amount_fen) FILTER (WHERE r.leg = 2), 0) AS second_leg,
         min(d.kind || '>' || c.kind) FILTER (WHERE r.leg = 1) <> max(d.kind || '>' || c.kind) FILTER (WHERE r.leg = 1) AS mixed,
         EXISTS (SELECT 1 FROM posting_rules x WHERE x.event = t.event AND x.leg = 2) AS paired,
         EXISTS (SELECT 1 FROM posting_rules x WHERE x.event = t.event AND x.year_offset = 1) AS carried, min(r.award) AS about,
         min(d.budget_id::text)::uuid AS budget, max(d.budget_id::text)::uuid AS last_budget, NULL::uuid AS next_budget,
         -- Invariant 5. Both accounts of an entry are of one budget.
         min(CASE WHEN d.kind IN ('available', 'encumbered', 'window_cash') AND p.debit_fen < p.credit_fen
                    OR d.kind = 'payable' AND p.debit_fen > p.credit_fen THEN d.kind
                  WHEN c.kind IN ('available', 'encumbered', 'window_cash') AND q.debit_fen < q.credit_fen
                    OR c.kind = 'payable' AND q.debit_fen > q.credit_fen THEN c.kind END) AS short,
         bool_or(d.book = 'budget' AND (SELECT sum(b.debit_fen - b.credit_fen) FROM accounts x JOIN account_balances b ON b.account_id = x.id
                   WHERE x.book = 'budget' AND x.budget_id = d.budget_id AND x.currency = d.currency) <> 0) AS off
    INTO f FROM ledger_entries e
    JOIN accounts d ON d.id = e.debit_account_id JOIN account_balances p ON p.account_id = d.id
    JOIN accounts c ON c.id = e.credit_account_id JOIN account_balances q ON q.account_id = c.id
    LEFT JOIN posting_rules r ON r.event = t.event AND r.debit_kind = d.kind AND r.credit_kind = c.kind
    LEFT JOIN year_closings z ON z.budget_id = d.budget_id
   WHERE e.transaction_id = t.id;
  IF f.entries = 0 OR f.fault < 4 OR f.currency <> f.other THEN
    PERFORM refuse_entries(CASE WHEN f.entries = 0 THEN 0 WHEN f.currency <> f.other AND f.fault > 2 THEN 2 ELSE f.fault END);
  END IF;
  IF t.corrects_id IS NOT NULL THEN
    -- A mirror breaks no rule of its event: it has none.
    IF f.fault = 4 THEN PERFORM refuse_entries(4); END IF;
    PERFORM check_correction(t, f.budget);
  ELSE
    IF f.fault < 6 OR f.first_leg = 0 OR f.mixed OR f.paired AND f.second_leg <> f.first_leg THEN
      PERFORM refuse_entries(CASE WHEN f.fault < 6 THEN f.fault ELSE 6 END);
    END IF;
    -- One budget a leg; a carry-over goes from one fiscal year to the next.
    IF f.fault = 7 OR f.budget <> f.last_budget THEN
      SELECT min(b.fiscal_year - r.year_offset) AS year, max(b.fiscal_year - r.year_offset) AS other_year,
             (min(d.budget_id::text) FILTER (WHERE r.year_offset = 0))::uuid AS budget,
             (max(d.budget_id::text) FILTER (WHERE r.year_offset = 0))::uuid AS last_budget,
             (min(d.budget_id::text) FILTER (WHERE r.year_offset = 1))::uuid AS next_budget,
             (max(d.budget_id::text) FILTER (WHERE r.year_offset = 1))::uuid AS last_next
        INTO y FROM ledger_entries e JOIN accounts d ON d.id = e.debit_account_id JOIN accounts c ON c.id = e.credit_account_id
        JOIN posting_rules r ON r.event = t.event AND r.debit_kind = d.kind AND r.credit_kind = c.kind
        JOIN budgets b ON b.id = d.budget_id
       WHERE e.transaction_id = t.id;
      IF f.fault = 7 OR y.year <> y.other_year OR y.budget <> y.last_budget OR y.next_budget <> y.last_next THEN
        PERFORM refuse_entries(7);
      END IF;
      f.budget := y.budget;
      f.next_budget := y.next_budget;
    ELSIF f.carried THEN
      -- Both legs of a carry-over in one budget.
      PERFORM refuse_entries(7);
    END IF;
    IF (f.about = 'none') <> (t.award_id IS NULL) THEN
      PERFORM refuse('ledger_transactions_award', 'the event is about an award, or is not');
    END IF;
    IF t.award_id IS NOT NULL THEN
      a := read_standing(t.award_id);
      IF f.about = 'whole' AND f.first_leg <> a.amount_fen THEN
        PERFORM refuse('ledger_transactions_amount', 'the posting carries the award''s amount');
      END IF;
      IF f.budget <> a.budget_id OR a.fund_id <> t.fund_id THEN
        PERFORM refuse('ledger_transactions_budget', 'an award is posted in its own budget and fund');
      END IF;
      -- A budget binds its own year only; what is left is carried over or lapses (预算法 42). What comes back later than
      -- the year it was spent in belongs to the treasury.
      IF t.event IN ('award.encumbered', 'clawback.received') AND a.fiscal_year <> extract(year FROM t.event_on)
         OR t.event = 'clawback.received_later' AND a.fiscal_year >= extract(year FROM t.event_on) THEN
        PERFORM refuse('ledger_transactions_year', 'money is promised, and comes back, in its own year''s budget');
      END IF;
    END IF;
    -- These take no request of two and are asked nothing more.
    IF t.request_id IS NOT NULL OR t.event NOT IN ('award.encumbered', 'award.posted', 'award.paid', 'award.bounced',
         'award.lapsed', 'float.topped_up', 'float.returned', 'clawback.received', 'clawback.received_later') THEN
      PERFORM check_agreed_posting(t, f.first_leg, f.currency, f.budget, f.next_budget);
    END IF;
  END IF;
  IF f.short IS NOT NULL OR f.off THEN PERFORM refuse_balances(f.short, f.off); END IF;
  IF t.award_id IS NULL THEN RETURN NULL; END IF;
  IF t.corrects_id IS NOT NULL THEN a := read_standing(t.award_id); END IF;
  IF judge_award(a) IS NULL THEN NULL; END IF;
  RETURN a.status;
END $$;
--> statement-breakpoint
-- As in 0035; what is judged of the award is read once.
CREATE OR REPLACE FUNCTION judge_posting() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE plain boolean := false; judged text;
BEGIN
  IF NEW.award_id IS NULL AND NEW.request_id IS NULL AND NEW.corrects_id IS NULL THEN
    -- Of one entry within a fund's money, between accounts that may run either way, as its event has it: such a posting
    -- has no budget, no year and no other leg, and nothing more to be asked. (No event has two legs in this book alone.)
    SELECT count(*) = 1 AND bool_and(r.award = 'none' AND r.leg = 1 AND d.book = 'financial' AND c.book = 'financial'
             AND d.currency = c.currency AND d.fund_id = NEW.fund_id AND c.fund_id = NEW.fund_id
             AND d.kind NOT IN ('payable', 'window_cash') AND c.kind NOT IN ('payable', 'window_cash'))
      INTO plain FROM ledger_entries e JOIN accounts d ON d.id = e.debit_account_id JOIN accounts c ON c.id = e.credit_account_id
      LEFT JOIN posting_rules r ON r.event = NEW.event AND r.debit_kind = d.kind AND r.credit_kind = c.kind
     WHERE e.transaction_id = NEW.id;
  END IF;
  IF plain IS NOT TRUE THEN judged := check_posting(NEW); END IF;
  INSERT INTO voucher_queue (transaction_id, judged_status) VALUES (NEW.id, judged);
  RETURN NULL;
END $$;
--> statement-breakpoint
-- As in 0035, and an entry between accounts that are not there (0049), or of a posting that is not there, is refused here:
-- what foreign keys asked again for every row. Postings and awards are never deleted (append_only, no_truncate); an award
-- that is not there has no voucher.
CREATE OR REPLACE FUNCTION join_transaction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE e record; changed bigint;
BEGIN
  -- The balances take the entries (0002, add_to_balances). Who writes by write_postings holds them since before; another
  -- hand takes them here, and holds them until commit too. Few entries are added one by one, which asks for no grouping.
  FOR e IN SELECT a.debit_account_id AS debit, a.credit_account_id AS credit, a.amount_fen AS amount, (SELECT count(*) FROM added) > 4 AS many,
      t.id IS NULL OR t.recorded_in <> pg_current_xact_id()::text::bigint OR t.recorded_at <> now()::timestamptz(3)
        OR EXISTS (SELECT 1 FROM voucher_queue q WHERE q.transaction_id = t.id) AS late
      FROM added a LEFT JOIN ledger_transactions t ON t.id = a.transaction_id
  LOOP
    IF e.late OR e.many THEN
      IF EXISTS (SELECT 1 FROM added a WHERE NOT EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.id = a.transaction_id)) THEN
        PERFORM refuse('ledger_entries_transaction', 'an entry is of a posting that is there');
      END IF;
      IF e.late OR EXISTS (SELECT 1 FROM added a JOIN ledger_transactions t ON t.id = a.transaction_id
           LEFT JOIN voucher_queue q ON q.transaction_id = t.id
          WHERE t.recorded_in <> pg_current_xact_id()::text::bigint OR t.recorded_at <> now()::timestamptz(3)
             OR q.transaction_id IS NOT NULL) THEN
        PERFORM refuse('ledger_entries_joined_late', 'a recorded posting takes no further entry');
      END IF;
      UPDATE account_balances b
         SET debit_fen = b.debit_fen + moved.debit, credit_fen = b.credit_fen + moved.credit
        FROM (SELECT account_id, sum(debit) AS debit, sum(credit) AS credit
                FROM (SELECT debit_account_id AS account_id, amount_fen AS debit, 0 AS credit FROM added
                      UNION ALL SELECT credit_account_id, 0, amount_fen FROM added) sides
               GROUP BY account_id) moved
       WHERE b.account_id = moved.account_id;
      GET DIAGNOSTICS changed = ROW_COUNT;
      IF changed <> (SELECT count(DISTINCT side.id) FROM added a, LATERAL (VALUES (a.debit_account_id), (a.credit_account_id)) side (id)) THEN
        PERFORM refuse('ledger_entries_accounts', 'an entry is between accounts that are there');
      END IF;
      EXIT;
    END IF;
    UPDATE account_balances b
       SET debit_fen = b.debit_fen + CASE WHEN b.account_id = e.debit THEN e.amount ELSE 0 END,
           credit_fen = b.credit_fen + CASE WHEN b.account_id = e.credit THEN e.amount ELSE 0 END
     WHERE b.account_id IN (e.debit, e.credit);
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF changed <> 2 THEN
      PERFORM refuse('ledger_entries_accounts', 'an entry is between accounts that are there');
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
--> statement-breakpoint
ALTER TABLE "ledger_entries" DROP CONSTRAINT "ledger_entries_transaction_fk";
--> statement-breakpoint
ALTER TABLE "ledger_transactions" DROP CONSTRAINT "ledger_transactions_award_fk";
