import { randomBytes } from "node:crypto";
import type pg from "pg";
import { v7 as uuidv7 } from "uuid";
import { DEFAULT_BANK_FORMAT } from "~/forms/bank-format";
import { sealEvents, startOfTrail } from "~server/audit/seal-events.server";
import { bringFormat } from "~server/bank-formats/bring-format.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { makeLedgerRoot, sealJournal } from "~server/ledger/seal-journal.server";
import { issueDecision } from "~server/rewards/issue-decision.server";
import type { Portal } from "~server/portal.server";
import { assessAward } from "~server/rewards/assess-award.server";
import { holdAward } from "~server/rewards/hold-award.server";
import { requestLimit } from "~server/rewards/limit-approver.server";
import { nameDeputy } from "~server/rewards/name-deputy.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { createReceipt } from "~server/secrecy/receipt";
import { reporterActor, type ReporterActor, type StaffActor } from "~server/staff-auth/actor";
import { chooseTransfer } from "~server/claims/choose-way.server";
import { countDay } from "~server/windows/count-day.server";
import { makeLadderScheme } from "./ladder-scheme";
import { CLOCK, TODAY, approveTo, assessmentOf, makeAward, makeDesk, signAs, type Desk } from "./make-award";
import { makeFinding } from "./make-finding";
import { makePerson, sendReport } from "./make-lead";
import { makeStaff } from "./make-staff";
import { addObjection, addPayoutRows } from "./guarded-payouts";
import { holdKeys } from "./office-keys";
import { payByHand } from "./pay-by-hand";
import { codeFor, openWindow } from "./pay-window";
import { acceptAs, reporterOf } from "./reporter-of";

export type GuardedHouse = {
  /** Two officers of two bodies, each with keys, a passkey, a session, a link and a challenge. */
  readonly me: StaffActor;
  readonly colleague: StaffActor;
  readonly administrator: StaffActor;
  /** Two informants who share one reward; the first was paid. */
  readonly informant: { readonly tipId: string; readonly actor: ReporterActor };
  readonly other: { readonly tipId: string; readonly actor: ReporterActor };
  /** Two people still writing. */
  readonly writer: ReporterActor;
  readonly otherWriter: ReporterActor;
  /** A second report on the lead of `leadId`. */
  readonly beside: string;
};

/** A row of everything about people, keys, money and the trail; `leadId` gets a second reporter and moves. */
export async function makeGuardedHouse(
  portal: Portal,
  owner: pg.Pool,
  leadId: string,
): Promise<GuardedHouse> {
  const me = await makePerson(portal, "police", ["agency_officer"]);
  const colleague = await makePerson(portal, "market-regulation", ["agency_officer"]);
  const administrator = await makePerson(portal, "leading-office", ["administrator"]);
  for (const person of [me, colleague]) await equip(portal, owner, person);
  for (const role of ["triage_officer", "identity_custodian"] as const)
    await holdKeys(portal, await makePerson(portal, "leading-office", [role]));
  await owner.query(
    "insert into role_requests (id, staff_id, role, requested_by, requested_at) values ($1, $2, 'cashier', $3, now())",
    [uuidv7(), colleague.id, administrator.id],
  );
  await owner.query(
    "insert into recovery_key_requests (id, public_key, requested_by, requested_at) values ($1, $2, $3, now())",
    [uuidv7(), randomBytes(32), administrator.id],
  );
  await owner.query(
    `insert into pack_proposals (id, pack_id, version, sha256, content, source, brought_at)
     values ($1, 'jinhua', '2016.9', $2, '{}', 'folder', now())`,
    [uuidv7(), "0".repeat(64)],
  );
  await owner.query(
    `insert into scheme_proposals (id, scheme_id, version, line, sha256, content, effective_from, source, brought_at)
     values ($1, 'x', '1', 'x', $2, '{"effective":{"from":"2026-01-01"}}', '2026-01-01', 'release', now())`,
    [uuidv7(), "0".repeat(64)],
  );
  const format = { ...DEFAULT_BANK_FORMAT, purpose: "奖励资金" };
  await bringFormat(portal.db, { format, at: portal.clock.now() }, administrator);
  const [informant, other] = await reward(portal, owner);
  await addPayoutRows(owner);
  if (informant === undefined || other === undefined) throw new Error("two share the reward");
  const beside = (await sendReport(portal)).tipId;
  await owner.query("update tips set lead_id = $1 where id = $2", [leadId, beside]);
  for (const action of ["lead.moved", "lead.seen"])
    await owner.query(
      `insert into events (id, recorded_on, recorded_at, actor_kind, action, lead_id, subject_table, subject_id)
       values ($1, '2026-03-05', now(), 'system', $2, $3::uuid, 'leads', $3::text)`,
      [uuidv7(), action, leadId],
    );
  await sealEvents(portal.db, startOfTrail());
  await owner.query(
    "insert into audit_roots (day, position, hash) select '2026-03-01', position, hash from event_chain limit 1",
  );
  await owner.query("insert into settings (key, value) values ('demo', 'false') on conflict do nothing");
  await owner.query(
    "insert into tip_imports (external_key, source, imported_on) values ($1, 'test', current_date)",
    [randomBytes(32)],
  );
  await owner.query("insert into news (id, lead_id, noted_on, until_no) values ($1, $2, current_date, 1)", [
    uuidv7(),
    leadId,
  ]);
  await owner.query(
    "insert into staff_mails (id, staff_id, kind, data, cause_key) values ($1, $2, 'major', '{}', 'x')",
    [uuidv7(), me.id],
  );
  for (const person of [me, colleague]) await furnishBoard(owner, person, leadId);
  await owner.query(
    "insert into role_keys (id, slot, epoch, public_key, retired_at) values ($1, 'cashier', 9, $2, now())",
    [uuidv7(), randomBytes(32)],
  );
  await owner.query(
    "insert into tip_tallies (kind, key, day, tips) values ('place', '330702', current_date, 3)",
  );
  await owner.query(
    `insert into calendar_lists (id, year, document, days_off, work_days, entered_by, entered_at)
     values ($1, 2027, '国办发明电〔2026〕7号', '{2027-01-01}', '{}', $2, now())`,
    [uuidv7(), administrator.id],
  );
  const [roundId, phaseId] = [uuidv7(), uuidv7()];
  await owner.query(
    "insert into plan_rounds (id, pack_id, title, opened_by, opened_at) values ($1, 'jinhua', '本轮', $2, now())",
    [roundId, administrator.id],
  );
  await owner.query(
    "insert into plan_deadlines (id, round_id, phase, title, due_on) values ($1, $2, 'survey', '摸底排查', '2026-07-31')",
    [phaseId, roundId],
  );
  for (const { agencyId } of [me, colleague])
    await owner.query(
      `insert into plan_states (id, deadline_id, agency_id, state, state_on, recorded_by, recorded_at)
       values ($1, $2, $3, 'done', '2026-07-30', $4, now())`,
      [uuidv7(), phaseId, agencyId, administrator.id],
    );
  await watchAndRetain(owner, me, leadId);
  await owner.query("insert into voucher_queue select id from ledger_transactions limit 1");
  await ledgerActs(portal, owner, me);
  return {
    ...{ me, colleague, administrator, informant, other, beside },
    writer: await startWriting(portal),
    otherWriter: await startWriting(portal),
  };
}

/** What somebody keeps of the board, and the kept numbers of their body. */
async function furnishBoard(owner: pg.Pool, person: StaffActor, leadId: string): Promise<void> {
  const setId = uuidv7();
  for (const shared of [true, false])
    await owner.query(
      `insert into saved_views (id, owner_id, agency_id, name, query, shared, created_at)
       values ($1, $2, $3, $4, '', $5, now())`,
      [uuidv7(), person.id, person.agencyId, shared ? "共享" : "自己", shared],
    );
  await owner.query("insert into board_habits (staff_id) values ($1)", [person.id]);
  await owner.query("insert into board_options (agency_id, set_by, set_at) values ($1, $2, now())", [
    person.agencyId,
    person.id,
  ]);
  await owner.query("insert into bulk_sets (id, staff_id, made_at) values ($1, $2, now())", [
    setId,
    person.id,
  ]);
  const chosenId = uuidv7();
  await owner.query("insert into approval_sets (id, staff_id, made_at) values ($1, $2, now())", [
    chosenId,
    person.id,
  ]);
  await owner.query(
    `insert into approval_set_rows (set_id, ordinal, award_id, action, voucher_hash)
     select $1, 1, award_id, 'approve', hash from vouchers limit 1`,
    [chosenId],
  );
  await owner.query("insert into bulk_rows (set_id, lead_id, ordinal, version) values ($1, $2, 1, 1)", [
    setId,
    leadId,
  ]);
  for (const table of ["board_counts", "board_deltas"])
    await owner.query(`insert into ${table} (reach, pack_id, stage, cards) values ($1, 'test', 'new', 0)`, [
      person.agencyId,
    ]);
}

/** A list with a company it found, a hold, and a report (of a lead that then ended) destroyed by two. */
async function watchAndRetain(owner: pg.Pool, me: StaffActor, leadId: string): Promise<void> {
  const [list, entry] = [uuidv7(), uuidv7()];
  await owner.query(
    `insert into registration_lists (id, pack_id, pack_version, listed_on, is_whole, sha256, loaded_at)
     values ($1, 'jinhua', '2016.1', current_date, true, $2, now())`,
    [list, randomBytes(32)],
  );
  await owner.query(
    `insert into watch_entries (id, pack_id, entry_key, name, folded_name, last_list_id)
     values ($1, 'jinhua', 'x', '某某财富', '某某财富', $2)`,
    [entry, list],
  );
  await owner.query("insert into watch_hits values ($1, $2, $3, 'name', '财富', '2016.1')", [
    uuidv7(),
    entry,
    list,
  ]);
  await owner.query("insert into watch_versions values ($1, $2, $3, 'first', '{}')", [uuidv7(), entry, list]);
  await owner.query(
    "insert into legal_holds (id, lead_id, reason, placed_by, placed_at) values ($1, $2, '法院调取', $3, now())",
    [uuidv7(), leadId, me.id],
  );
  const [batch, item] = [uuidv7(), uuidv7()];
  const asPortal = async (text: string, values: unknown[]) => {
    const client = await owner.connect();
    try {
      await client.query("begin");
      await client.query("set local app.actor_kind = 'system'");
      await client.query(text, values);
      await client.query("commit");
    } finally {
      client.release();
    }
  };
  await asPortal(
    "insert into deletion_batches (id, policy_version, drawn_on, items, set_sha256) values ($1, '2026.1', current_date, 1, $2)",
    [batch, randomBytes(32)],
  );
  await asPortal(
    `insert into deletion_items (id, batch_id, ordinal, tip_id, category, basis_on, due_on, messages, files)
     select $1, $2, 1, id, 'spam', '2020-01-01', '2021-01-01', 0, 0 from tips where lead_id <> $3 order by arrival_no limit 1`,
    [item, batch, leadId],
  );
  // Of a report whose sealed rows are none (one of money), so that the walk over content stays as it is.
  await owner.query(
    `insert into tombstones (tip_id, item_id, policy_version, category, destroyed_on, texts, keys, messages, files)
     select t.id, $1, '2026.1', 'spam', current_date, 0, 0, 0, 0 from tips t
      where not exists (select 1 from sealed_values v where v.owner_id = t.id) limit 1`,
    [item],
  );
}

/** A draft that is held, a countersignature, a deputy, a limit asked for. */
async function approve(db: Portal["db"], desk: Desk): Promise<void> {
  const held = await makeAward(db, desk);
  const hold = { awardId: held.awardId, reason: "核对预算科目，暂缓办理" };
  await holdAward(db, hold, desk.reviewer.actor, CLOCK);
  const finding = await makeFinding(db);
  const schemeId = await makeLadderScheme(db, "1", { approvers: 2 });
  const input = assessmentOf(finding, desk, { schemeId, schemeStage: "final" });
  const { awards } = await assessAward(db, input, desk.preparer.actor, CLOCK);
  for (const { id } of awards) {
    await approveTo(db, desk, id, "reviewed");
    await signAs(db, desk.approver, id, "countersign");
  }
  const deputy = { deputyId: desk.reviewer.actor.id, role: "finance_approver" as const };
  await nameDeputy(db, { ...deputy, fromOn: TODAY, untilOn: TODAY }, desk.approver.actor, CLOCK);
  const administrator = await makeStaff(db, ["administrator"]);
  const limit = { staffId: desk.approver.actor.id, limitFen: 1n };
  await requestLimit(db, limit, administrator.actor, CLOCK);
}

async function startWriting(portal: Portal): Promise<ReporterActor> {
  const receipt = createReceipt();
  await saveDraft(portal.db, { receipt, raw: {}, at: portal.clock.now() });
  return reporterActor(lookupIdOf(receipt));
}

async function equip(portal: Portal, owner: pg.Pool, person: StaffActor): Promise<void> {
  await holdKeys(portal, person);
  const hash = () => randomBytes(32);
  await owner.query(
    "insert into staff_sessions (id, staff_id, token_hash, method) values ($1, $2, $3, 'passkey')",
    [uuidv7(), person.id, hash()],
  );
  await owner.query(
    "insert into enrolment_links (id, staff_id, token_hash, expires_at) values ($1, $2, $3, now() + interval '1 day')",
    [uuidv7(), person.id, hash()],
  );
  await owner.query(
    `insert into webauthn_challenges (id, purpose, staff_id, challenge, expires_at)
     values ($1, 'step_up', $2, $3, now() + interval '5 minutes')`,
    [uuidv7(), person.id, hash().toString("base64url")],
  );
  await owner.query(
    "insert into passkeys (id, staff_id, credential_id, public_key) values ($1, $2, $3, $4)",
    [uuidv7(), person.id, hash().toString("base64url"), hash()],
  );
}

/** A row of every act on money that takes two, past the rules of who may: here only who sees it is asked. */
async function ledgerActs({ db }: Portal, owner: pg.Pool, me: StaffActor) {
  await sealJournal(db);
  await makeLedgerRoot(db, CLOCK);
  const [month, year] = [uuidv7(), uuidv7()];
  const tables = ["ledger_requests", "period_closings", "year_closings", "award_carries"];
  for (const table of tables) await owner.query(`alter table ${table} disable trigger user`);
  await owner.query(
    `insert into ledger_requests (id, kind, month, budget_id, reason, requested_by, requested_at)
     select $1::uuid, 'close_month', '2020-01', null, '旧账已经核对', $3::uuid, now()
     union all (select $2, 'close_year', null, id, '年度已经结束', $3, now() from budgets limit 1)`,
    [month, year, me.id],
  );
  await owner.query("insert into period_closings values ('2020-01', $1, now())", [month]);
  await owner.query(
    "insert into year_closings select id, $1, now() from budgets where fiscal_year = 2026 limit 1",
    [year],
  );
  await owner.query(
    "insert into award_carries select a.id, a.budget_id, a.budget_id, t.id from awards a, ledger_transactions t limit 1",
  );
  await owner.query("insert into budget_warnings select id, 80, 100, now() from budgets limit 1");
  for (const table of tables) await owner.query(`alter table ${table} enable trigger user`);
}

/** One reward of two shares, of which the first is accepted, booked and paid; and the draft of another. */
async function reward({ db }: Portal, owner: pg.Pool) {
  const desk = await makeDesk(db);
  const finding = await makeFinding(db, { tips: 2 });
  const { awards } = await assessAward(db, assessmentOf(finding, desk), desk.preparer.actor, CLOCK);
  for (const { id } of awards) await approveTo(db, desk, id, "approved");
  const [first, second] = awards;
  if (first === undefined || second === undefined) throw new Error("the case gives no award");
  const award = { awardId: first.id, tipId: first.tipId };
  await acceptAs(db, award, CLOCK);
  await postAcceptedAward(db, award, desk.preparer.actor, CLOCK);
  const payment = { awardId: first.id, paidOn: TODAY, reference: "BK20260601-7001" };
  await payByHand(db, payment, desk.cashier.actor, CLOCK);
  await issueDecision({ db, clock: CLOCK }, { awardId: first.id }, desk.preparer.actor);
  await addObjection(owner, second.id);
  await claim(db, owner, desk, { awardId: second.id, tipId: second.tipId });
  await approve(db, desk);
  return Promise.all(awards.map(async ({ tipId }) => ({ tipId, actor: await reporterOf(db, tipId) })));
}

/** A claim that went by code and then by transfer, with a released share; a window whose day was counted. */
async function claim(
  db: Portal["db"],
  owner: pg.Pool,
  desk: Desk,
  award: { readonly awardId: string; readonly tipId: string },
): Promise<void> {
  await acceptAs(db, award, CLOCK);
  const windowId = await openWindow(db, desk, 100n);
  const clerk = await makeStaff(db, ["window_clerk"]);
  const day = { windowId, countedFen: 100n, bookFen: 100n, explanation: "" };
  await countDay(db, day, clerk.actor, CLOCK);
  await codeFor(db, award);
  await chooseTransfer(
    db,
    {
      ...award,
      claimant: "self",
      details: { holder: "某某", bank: "某银行", branch: "", account: "6222020200112233445" },
    },
    await reporterOf(db, award.tipId),
    CLOCK,
  );
  await owner.query("alter table payee_releases disable trigger user");
  await owner.query(
    `insert into payee_releases select d.id, gen_random_uuid(), $1, r.id, $3, $4, $2, now()
       from payee_details d, role_keys r where r.slot = 'cashier' limit 1`,
    [desk.cashier.actor.id, desk.approver.actor.id, randomBytes(32), randomBytes(48)],
  );
  await owner.query("alter table payee_releases enable trigger user");
}
