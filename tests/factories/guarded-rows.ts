import { v4 as uuidv4, v7 as uuidv7 } from "uuid";
import type pg from "pg";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { makePerson, sendReport } from "./make-lead";
import { roleKeyOf } from "./office-keys";

export type LeadName = "x" | "y" | "office" | "fresh" | "conflict";

/** Every table row-level security guards, with the column by which a row is told apart here. */
export const GUARDED = {
  leads: "id",
  lead_agencies: "lead_id",
  lead_sectors: "lead_id",
  routing_decisions: "lead_id",
  lead_recusals: "lead_id",
  findings: "lead_id",
  tips: "lead_id",
  tip_identifiers: "tip_id",
  sealed_values: "owner_id",
  sealed_keys: "owner_id",
  identity_requests: "tip_id",
  tip_files: "tip_id",
  tip_messages: "tip_id",
  notices: "tip_id",
  events: "lead_id",
  lead_cards: "lead_id",
  card_sectors: "lead_id",
  lead_terms: "lead_id",
  lead_tip_counts: "lead_id",
  lead_tip_deltas: "lead_id",
  lead_assignments: "lead_id",
  lead_changes: "lead_id",
  dossiers: "id",
  dossier_keys: "dossier_id",
  disputes: "lead_id",
  dispute_parties: "lead_id",
  dispute_opinions: "lead_id",
  dispute_records: "lead_id",
  dispute_decisions: "lead_id",
  dispute_reopenings: "lead_id",
  lead_returns: "lead_id",
  lead_measures: "lead_id",
  handling_letters: "lead_id",
  letter_steps: "lead_id",
  preservations: "lead_id",
  preservation_steps: "lead_id",
  dossier_aliases: "dossier_id",
  dossier_fields: "dossier_id",
  dossier_merges: "kept_id",
  dossier_merge_tips: "tip_id",
  dossier_dismissals: "one_id",
  arrival_ranks: "lead_id",
  lead_clocks: "lead_id",
  clock_pauses: "lead_id",
  clock_extensions: "lead_id",
  supervisions: "lead_id",
  alerts: "lead_id",
} as const;
export type Guarded = keyof typeof GUARDED;

export type GuardedWorld = {
  readonly leads: Readonly<Record<LeadName, { leadId: string; tipId: string; dossierId: string }>>;
  /** Which lead an id (of a lead, tip or dossier) belongs to. */
  readonly leadOf: (id: string | null) => LeadName | null;
  readonly x: StaffActor;
  readonly y: StaffActor;
};

/**
 * Five leads with a row in every guarded table: held by body X, by body Y (with a verified finding), held by X but kept
 * to the leading office, held by nobody yet, and held by X with X's officer recused.
 */
export async function makeGuardedRows(portal: Portal, owner: pg.Pool): Promise<GuardedWorld> {
  const x = await makePerson(portal, "police", ["agency_officer"]);
  const y = await makePerson(portal, "market-regulation", ["agency_officer"]);
  const verifier = await makePerson(portal, "market-regulation", ["agency_verifier"]);
  const custodian = await makePerson(portal, "leading-office", ["identity_custodian"]);
  const outsider = await makePerson(portal, "leading-office", ["triage_officer"]);
  const helper = await makePerson(portal, "commerce", ["agency_officer"]);
  const shareKey = await roleKeyOf(portal, "custodian_b");
  const noticeKey = await roleKeyOf(portal, "notice_desk");
  const made = {} as Record<LeadName, { leadId: string; tipId: string; dossierId: string }>;
  for (const name of ["x", "y", "office", "fresh", "conflict"] as const) {
    const { leadId, tipId } = await sendReport(portal);
    const { rows } = await owner.query<{ dossier_id: string }>("select dossier_id from leads where id = $1", [
      leadId,
    ]);
    made[name] = { leadId, tipId, dossierId: rows[0]?.dossier_id ?? "" };
    const holder = name === "y" ? y : name === "fresh" ? null : x;
    if (holder !== null)
      await owner.query(
        "insert into lead_agencies (id, lead_id, agency_id, relation) values ($1, $2, $3, 'lead')",
        [uuidv7(), leadId, holder.agencyId],
      );
    for (const field of ["identity", "contact"])
      await owner.query(
        `insert into sealed_values (id, owner_table, owner_id, field, suite, body)
         values ($1, 'tips', $2, $3, 's', '\\x00') on conflict do nothing`,
        [uuidv4(), tipId, field],
      );
    for (const [record, part, key] of [
      ["identity", "b", shareKey.id],
      ["contact", "whole", noticeKey.id],
    ])
      await owner.query(
        `insert into sealed_keys (id, owner_table, owner_id, record, part, role_key_id, suite, enc, body)
         values ($1, 'tips', $2, $3, $4, $5, 's', $6, $7) on conflict do nothing`,
        [uuidv4(), tipId, record, part, key, Buffer.alloc(32), Buffer.alloc(48)],
      );
    await owner.query(
      `insert into identity_requests (id, tip_id, reason, side, requested_by, requested_at, expires_at, role_key_id, enc, body)
       values ($1, $2, '需要向举报人核实付款的具体经过', 'a', $3, now(), now() + interval '1 day', $4, $5, $6)`,
      [uuidv7(), tipId, custodian.id, shareKey.id, Buffer.alloc(32), Buffer.alloc(48)],
    );
    await owner.query(
      `insert into tip_files (id, lookup_id, tip_id, ordinal, state, added_on)
       select $1, lookup_id, id, 0, 'stored', current_date from tips where id = $2`,
      [uuidv4(), tipId],
    );
    await owner.query(
      `insert into tip_messages (id, tip_id, direction, kind, written_on, suite, body, content_enc, content_body, reply_enc, reply_body)
       values ($1, $2, 'in', 'text', current_date, 's', '\\x00', $3, $4, $3, $4)`,
      [uuidv4(), tipId, Buffer.alloc(32), Buffer.alloc(48)],
    );
    await owner.query(
      "insert into notices (id, tip_id, language, raised_on) values ($1, $2, 'zh-CN', current_date)",
      [uuidv4(), tipId],
    );
    // Before the recusal, which ends its person's.
    const put: [string, string][] = [["", outsider.id]];
    if (holder !== null) put.push([holder.agencyId, holder.id]);
    for (const [reach, person] of put)
      await owner.query(
        `insert into lead_assignments (id, lead_id, reach, staff_id, how, assigned_by, from_at)
         values ($1, $2, $3, $4, 'taken', $4, now())`,
        [uuidv7(), leadId, reach, person],
      );
    await owner.query(
      "insert into lead_recusals (id, lead_id, staff_id, reason, declared_at) values ($1, $2, $3, '亲属任职', now())",
      [uuidv7(), leadId, name === "conflict" ? x.id : custodian.id],
    );
    await owner.query(
      `insert into findings (id, lead_id, version, status, entity_class, decision_number, decided_on, is_final,
         recorded_by, verified_by, verified_at)
       values ($1, $2, 1, $3, 'ban', '金整办决〔2026〕7号', '2026-03-01', true, $4, $5, $6)`,
      name === "y"
        ? [uuidv7(), leadId, "verified", y.id, verifier.id, new Date()]
        : [uuidv7(), leadId, "recorded", x.id, null, null],
    );
    await addDossierRows(owner, { dossierId: made[name].dossierId, leadId, tipId, by: outsider.id });
    await disputeOn(owner, { leadId, body: holder?.agencyId ?? helper.agencyId, by: outsider.id });
    const clockId = uuidv7();
    await owner.query(
      `insert into lead_clocks (id, lead_id, kind, started_on, limit_days, limit_kind, extension_days)
       values ($1, $2, 'handle', current_date, 60, 'calendar', 30)`,
      [clockId, leadId],
    );
    await owner.query(
      "insert into clock_pauses (id, clock_id, lead_id, cause, from_on) values ($1, $2, $3, 'dispute', current_date)",
      [uuidv7(), clockId, leadId],
    );
    await owner.query(
      `insert into clock_extensions (id, clock_id, lead_id, days, reason, asked_by, asked_at)
       values ($1, $2, $3, 30, '案情复杂', $4, now())`,
      [uuidv7(), clockId, leadId, outsider.id],
    );
    await owner.query(
      `insert into supervisions (id, year, no, lead_id, agency_id, clock_kind, due_on, note, answer_by, issued_by, issued_at)
       values ($1, 0, 0, $2, $3, 'handle', '2026-02-27', '请说明情况', '2026-03-09', $4, now())`,
      [uuidv7(), leadId, (holder ?? x).agencyId, outsider.id],
    );
    await owner.query(
      "insert into alerts (id, kind, lead_id, rule, figure, raised_on) values ($1, 'major', $2, 'x', '20', current_date)",
      [uuidv7(), leadId],
    );
    await addHandlingRows(owner, { leadId, agencyId: (holder ?? x).agencyId, by: outsider.id });
    await owner.query("update leads set version = version + 1 where id = $1", [leadId]);
    await owner.query("insert into lead_tip_counts (lead_id, official, tips) values ($1, false, 0)", [
      leadId,
    ]);
    // Looking at tips names its lead by its subject alone.
    await owner.query(
      `insert into events (id, recorded_on, recorded_at, actor_kind, actor_id, action, subject_table, subject_id)
       values ($1, current_date, now(), 'staff', $2, 'tips.viewed', 'leads', $3)`,
      [uuidv7(), outsider.id, leadId],
    );
  }
  await owner.query("update leads set leading_office_only = true where id = $1", [made.office.leadId]);
  const names = new Map<string, LeadName>();
  for (const [name, ids] of Object.entries(made))
    for (const id of Object.values(ids)) names.set(id, name as LeadName);
  return { leads: made, leadOf: (id) => (id === null ? null : (names.get(id) ?? null)), x, y };
}

/** A dispute of the body's alone, with everything that hangs on one: heard, reminded, decided, asked for again. */
async function disputeOn(owner: pg.Pool, of: { leadId: string; body: string; by: string }): Promise<void> {
  const { leadId, body, by } = of;
  const dispute = uuidv7();
  const run = (statement: string, values: readonly unknown[]) => owner.query(statement, [...values]);
  await run(
    `insert into lead_returns (id, lead_id, agency_id, proposed_agency_id, legal_basis, returned_by, returned_at)
     values ($1, $2, $3, 'jinhua.finance', '依据', $4, now())`,
    [uuidv7(), leadId, body, by],
  );
  await run(
    `insert into disputes (id, lead_id, lead_number, subject_name, cause, question, mediator_id, method, clause, opened_at)
     values ($1, $2, 1, '某某理财', 'triage', '由谁牵头？', 'jinhua.leading-office', '会商', '三 末段', now())`,
    [dispute, leadId],
  );
  await run(
    `insert into dispute_parties (id, dispute_id, lead_id, agency_id, why, joined_at) values ($1, $2, $3, $4, 'held', now())`,
    [uuidv7(), dispute, leadId, body],
  );
  await run(
    `insert into dispute_records (id, dispute_id, lead_id, kind, held_on, people, summary, recorded_by, recorded_at)
     values ($1, $2, $3, 'reminder', current_date, '部门', '', $4, now())`,
    [uuidv7(), dispute, leadId, by],
  );
  await run(
    `insert into dispute_opinions (id, dispute_id, lead_id, agency_id, version, opinion, legal_basis, proposed_agency_id, given_by, given_at)
     select $1, $2, $3, $4, 1, '意见', '依据', 'jinhua.finance', coalesce((select s.id from staff s where s.agency_id = $4 limit 1), $5), now()`,
    [uuidv7(), dispute, leadId, body, by],
  );
  await run(
    `insert into dispute_decisions (id, dispute_id, lead_id, outcome, by_group, agency_ids, legal_basis, reasons, decided_by, decided_at)
     values ($1, $2, $3, 'single', false, array[$4], '依据', '理由', $5, now())`,
    [uuidv7(), dispute, leadId, body, by],
  );
  await run(
    `insert into dispute_reopenings (id, dispute_id, lead_id, agency_id, facts, legal_basis, asked_by, asked_at)
     values ($1, $2, $3, $4, '新的事实', '依据', $5, now())`,
    [uuidv7(), dispute, leadId, body, by],
  );
}

/** A name, a field, a merge that was undone, and a place in the register, of each lead's dossier. */
async function addDossierRows(
  owner: pg.Pool,
  of: { dossierId: string; leadId: string; tipId: string; by: string },
): Promise<void> {
  const { dossierId, leadId, tipId, by } = of;
  // Of a pair judged apart the smaller id stands first: here the lead's dossier.
  const [other, mergeId] = [`ffffffff${uuidv4().slice(8)}`, uuidv7()];
  await owner.query(
    `insert into dossier_aliases (id, dossier_id, name, folded, grams, office_only, added_by, added_at)
     values ($1, $2, '别名', '别名', '{别名}', false, $3, now())`,
    [uuidv7(), dossierId, by],
  );
  await owner.query(
    `insert into dossier_fields (id, dossier_id, field, version, value, source, office_only, recorded_by, recorded_at)
     values ($1, $2, 'risks', 1, '资金池', '现场检查', false, $3, now())`,
    [uuidv7(), dossierId, by],
  );
  await owner.query(
    "insert into dossiers (id, pack_id, name, opened_on) values ($1, 'jinhua', '另一份', current_date)",
    [other],
  );
  await owner.query(
    `insert into dossier_merges (id, kept_id, merged_id, reason, merged_by, merged_at, lead_ids, before,
       undone_by, undone_at, undo_reason)
     values ($1, $2, $3, '同一主体', $4, now(), $5, '{}', $4, now(), '并非同一主体')`,
    [mergeId, dossierId, other, by, [leadId]],
  );
  await owner.query(
    `insert into dossier_dismissals (id, one_id, other_id, reason, dismissed_by, dismissed_at)
     values ($1, $2, $3, '并非同一主体', $4, now())`,
    [uuidv7(), dossierId, other, by],
  );
  await owner.query("insert into dossier_merge_tips (merge_id, tip_id, lead_id) values ($1, $2, $3)", [
    mergeId,
    tipId,
    leadId,
  ]);
  await owner.query(
    `insert into arrival_ranks (arrival_no, tip_id, lead_id, rank, hash)
     select arrival_no, id, lead_id, 1, $2 from tips where id = $1`,
    [tipId, Buffer.alloc(32)],
  );
}

/** A measure, a letter with a step, and a thing kept and handed on, of each lead. */
async function addHandlingRows(
  owner: pg.Pool,
  of: { leadId: string; agencyId: string; by: string },
): Promise<void> {
  const { leadId, agencyId, by } = of;
  const [measureId, letterId, keptId] = [uuidv7(), uuidv7(), uuidv7()];
  await owner.query(
    `insert into lead_measures (id, lead_id, measure_id, version, kind, taken_on, agency_id, legal_basis, summary, recorded_by, recorded_at)
     values ($1, $2, $1, 1, 'interview', '2026-03-01', $3, '方案五', '约谈负责人', $4, now())`,
    [measureId, leadId, agencyId, by],
  );
  await owner.query(
    `insert into handling_letters (id, lead_id, kind, agency_id, year, no, recipient, facts, limit_days, limit_kind, issued_on, recorded_by, recorded_at)
     values ($1, $2, 'rectify', $3, 0, 0, '某某理财', '{}', 15, 'working', '2026-03-01', $4, now())`,
    [letterId, leadId, agencyId, by],
  );
  await owner.query(
    `insert into letter_steps (id, letter_id, lead_id, kind, on_day, recorded_by, recorded_at)
     values ($1, $2, $3, 'served', '2026-03-02', $4, now())`,
    [uuidv7(), letterId, leadId, by],
  );
  await owner.query(
    `insert into preservations (id, lead_id, agency_id, item, quantity, place, holder, legal_basis, taken_on, recorded_by, recorded_at)
     values ($1, $2, $3, '电脑主机', '3 台', '库房', '执法人员甲', '行政处罚法 第五十六条', '2026-03-01', $4, now())`,
    [keptId, leadId, agencyId, by],
  );
  await owner.query(
    `insert into preservation_steps (id, preservation_id, lead_id, kind, on_day, from_holder, to_holder, reason, recorded_by, recorded_at)
     values ($1, $2, $3, 'handover', '2026-03-02', '执法人员甲', '保管员乙', '入库', $4, now())`,
    [uuidv7(), keptId, leadId, by],
  );
}
