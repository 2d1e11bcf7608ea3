ALTER TABLE "notices" ADD COLUMN "language" text NOT NULL;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "claimed_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "notices_stuck_ix" ON "notices" USING btree ("tip_id") WHERE status in ('unsent', 'unknown');--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_language_ck" CHECK ("notices"."language" in ('zh-CN', 'en'));--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_claim_ck" CHECK (("notices"."status" = 'sending') = ("notices"."claimed_at" is not null));--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_fault_ck" CHECK ("notices"."fault" ~ '^[a-z0-9_]{1,20}$');--> statement-breakpoint
ALTER TABLE "staff_mails" ADD CONSTRAINT "staff_mails_fault_ck" CHECK ("staff_mails"."fault" ~ '^[a-z0-9_]{1,20}$');--> statement-breakpoint
-- Who left an address is known to the notice desk alone: those whose act is news say so for tips, and are not told for
-- which of them a notice came of it. One statement however many tips a lead has.
CREATE FUNCTION note_news_of_tips(tip_ids uuid[], noted date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM require_news_teller();
  INSERT INTO notices (id, tip_id, raised_on, language)
  SELECT gen_random_uuid(), t.id, noted, t.language
    FROM tips t JOIN sealed_values v ON v.owner_table = 'tips' AND v.owner_id = t.id AND v.field = 'contact'
   WHERE t.id = ANY (tip_ids) AND may_tell_news(t.lead_id) AND t.receipt_closed_on IS NULL AND NOT EXISTS (
     SELECT 1 FROM notices n WHERE n.tip_id = t.id AND n.status in ('waiting', 'sending'))
  ON CONFLICT (tip_id) WHERE status in ('waiting', 'sending') DO NOTHING;
END $$;
--> statement-breakpoint
CREATE FUNCTION note_news_of_lead(of_lead uuid, noted date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM require_news_teller();
  INSERT INTO notices (id, tip_id, raised_on, language)
  SELECT gen_random_uuid(), t.id, noted, t.language
    FROM tips t JOIN sealed_values v ON v.owner_table = 'tips' AND v.owner_id = t.id AND v.field = 'contact'
   WHERE t.lead_id = of_lead AND may_tell_news(of_lead) AND t.receipt_closed_on IS NULL AND NOT EXISTS (
     SELECT 1 FROM notices n WHERE n.tip_id = t.id AND n.status in ('waiting', 'sending'))
  ON CONFLICT (tip_id) WHERE status in ('waiting', 'sending') DO NOTHING;
END $$;
--> statement-breakpoint
CREATE FUNCTION require_news_teller() RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT (acting_for_portal() OR acting_as('triage_officer', 'agency_officer', 'agency_verifier',
      'finance_preparer', 'finance_reviewer', 'finance_approver', 'cashier')) THEN
    PERFORM refuse('notices_teller', 'news is told by those who handle leads and awards');
  END IF;
END $$;
--> statement-breakpoint
-- Of a lead they may act on: triage of any they are not recused from, a body of one it holds, finance of one with an award.
CREATE FUNCTION may_tell_news(of_lead uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT acting_for_portal() OR of_lead <> ALL (recused_leads()) AND (acting_as('triage_officer')
    OR acting_as('agency_officer', 'agency_verifier') AND EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = of_lead)
    OR acting_as('finance_preparer', 'finance_reviewer', 'finance_approver', 'cashier')
      AND EXISTS (SELECT 1 FROM awards a WHERE a.lead_id = of_lead))
$$;
--> statement-breakpoint
-- A receipt that opens nothing any more is told no news.
CREATE FUNCTION drop_notices() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE notices SET status = 'dropped' WHERE tip_id = NEW.id AND status IN ('waiting', 'unsent', 'unknown');
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER tips_drop_notices AFTER UPDATE OF receipt_closed_on ON tips FOR EACH ROW
  WHEN (NEW.receipt_closed_on IS NOT NULL AND OLD.receipt_closed_on IS NULL) EXECUTE FUNCTION drop_notices();
--> statement-breakpoint
-- A notice is sent once: what was sent stays sent, and a mail whose fate is not known goes out again only where
-- somebody lets it wait again.
CREATE FUNCTION keep_notice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE closed date;
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM refuse('notices_history', 'a notice begins by waiting');
  END IF;
  IF ROW (NEW.id, NEW.tip_id, NEW.raised_on, NEW.language) IS DISTINCT FROM
     ROW (OLD.id, OLD.tip_id, OLD.raised_on, OLD.language) THEN
    PERFORM refuse('notices_history', 'what a notice is about stays');
  END IF;
  IF NEW.status <> OLD.status AND NOT (CASE OLD.status
      WHEN 'waiting' THEN NEW.status IN ('sending', 'dropped')
      WHEN 'sending' THEN NEW.status IN ('sent', 'unsent', 'unknown', 'waiting')
      WHEN 'unsent' THEN NEW.status IN ('waiting', 'dropped')
      WHEN 'unknown' THEN NEW.status IN ('waiting', 'dropped')
      ELSE false END) THEN
    PERFORM refuse('notices_history', 'a notice is sent once');
  END IF;
  -- Its receipt was closed while the mail was under way. Held, so that a closing at this moment is waited for.
  IF OLD.status = 'sending' AND NEW.status IN ('waiting', 'unsent', 'unknown') THEN
    SELECT t.receipt_closed_on INTO closed FROM tips t WHERE t.id = NEW.tip_id FOR SHARE;
    IF closed IS NOT NULL THEN NEW.status := 'dropped'; END IF;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER notices_history BEFORE UPDATE ON notices FOR EACH ROW EXECUTE FUNCTION keep_notice();
--> statement-breakpoint
CREATE TRIGGER notices_beginning BEFORE INSERT ON notices FOR EACH ROW
  WHEN (NEW.status <> 'waiting') EXECUTE FUNCTION keep_notice();
--> statement-breakpoint
-- The desk sends notices and makes none; auditors read what became of them.
DROP POLICY desk ON notices;
--> statement-breakpoint
CREATE POLICY desk_reads ON notices FOR SELECT USING ((SELECT acting_as('notice_desk', 'auditor')));
--> statement-breakpoint
CREATE POLICY desk_settles ON notices FOR UPDATE USING ((SELECT acting_as('notice_desk')))
  WITH CHECK ((SELECT acting_as('notice_desk')) AND handled_by = (SELECT acting_staff()));
--> statement-breakpoint
CREATE FUNCTION keep_staff_mail() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> 'waiting' THEN
      PERFORM refuse('staff_mails_history', 'a mail begins by waiting');
    END IF;
    RETURN NEW;
  END IF;
  IF ROW (NEW.id, NEW.staff_id, NEW.kind, NEW.data, NEW.cause_key, NEW.created_at) IS DISTINCT FROM
     ROW (OLD.id, OLD.staff_id, OLD.kind, OLD.data, OLD.cause_key, OLD.created_at) THEN
    PERFORM refuse('staff_mails_history', 'what a mail is about stays');
  END IF;
  IF NEW.status <> OLD.status AND NOT (CASE OLD.status
      WHEN 'waiting' THEN NEW.status = 'sending'
      WHEN 'sending' THEN NEW.status IN ('sent', 'unsent', 'unknown', 'waiting')
      WHEN 'unsent' THEN NEW.status = 'waiting'
      WHEN 'unknown' THEN NEW.status = 'waiting'
      ELSE false END) THEN
    PERFORM refuse('staff_mails_history', 'a mail is sent once');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER staff_mails_history BEFORE INSERT OR UPDATE ON staff_mails FOR EACH ROW EXECUTE FUNCTION keep_staff_mail();
--> statement-breakpoint
-- Administrators have invitations sent, see what became of every mail and let a failed one wait again.
CREATE POLICY house_reads ON staff_mails FOR SELECT USING ((SELECT acting_as('administrator', 'auditor')));
--> statement-breakpoint
CREATE POLICY administrator_invites ON staff_mails FOR INSERT
  WITH CHECK ((SELECT acting_as('administrator')) AND kind = 'enrolment');
--> statement-breakpoint
CREATE POLICY administrator_retries ON staff_mails FOR UPDATE
  USING ((SELECT acting_as('administrator')) AND status IN ('unsent', 'unknown'))
  WITH CHECK ((SELECT acting_as('administrator')) AND status = 'waiting');
--> statement-breakpoint
-- 重大 may be raised by a report's arrival: its mail keeps the day alone, and leaves on a quarter of an hour that no
-- row tells (send-staff-mails). As definer: whoever's act raises it writes no mail and reads no address.
CREATE FUNCTION mail_major(of_lead uuid, noted timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (acting_for_portal() OR acting_as('triage_officer') AND of_lead <> ALL (recused_leads())
      OR of_lead = acting_intake_lead()) IS NOT TRUE THEN
    PERFORM refuse('staff_mails_major', 'a lead is called 重大 by the intake of its report or by triage');
  END IF;
  INSERT INTO staff_mails (id, staff_id, kind, data, cause_key, created_at, next_at)
  SELECT gen_random_uuid(), s.id, 'major', jsonb_build_object('lead', l.id, 'number', l.number), l.id::text,
         date_trunc('day', noted, 'Asia/Shanghai'),
         date_trunc('day', noted, 'Asia/Shanghai')
    FROM leads l CROSS JOIN staff s
   WHERE l.id = of_lead AND l.is_major AND s.status = 'active' AND s.email IS NOT NULL
     AND EXISTS (SELECT 1 FROM staff_roles g
                  WHERE g.staff_id = s.id AND g.role = 'triage_officer' AND g.revoked_at IS NULL)
     AND NOT EXISTS (SELECT 1 FROM lead_recusals r
                      WHERE r.lead_id = l.id AND r.staff_id = s.id AND r.ended_at IS NULL)
  ON CONFLICT (kind, staff_id, cause_key) DO NOTHING;
END $$;
