import type pg from "pg";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { proposeRoute } from "~server/routing/propose-route.server";
import { systemActor } from "~server/staff-auth/actor";

export const TIPS_A_LEAD = 5;
/** Days over which leads were opened and reports came. */
const DAYS = 300;

const BODIES = ["police", "banking-regulation", "market-regulation", "finance"];

/** Leads a set filled by `fillLeads` is looked at by. */
export type Filled = {
  readonly leads: number;
  readonly tips: number;
  /** Holds a tenth of all reports; not 重大, so that each further report weighs it. */
  readonly flooded: string;
  readonly floodedDossier: string;
  /** A lead of the police with the usual few reports. */
  readonly ordinary: string;
  readonly ordinaryDossier: string;
  /** The two signs at the end of some lead's name: a rare fragment. */
  readonly rare: string;
};

/**
 * `leads` leads over all stages and four bodies with five reports each, a tenth of all reports on one lead: with their
 * dossiers, keys, identifiers, ranks, clocks, decisions, messages, events, and noise for what is sealed to triage and the
 * bodies (some of which wait for a key). Rows are made by few
 * statements with the triggers off; what triggers keep is then made from them by the database's own function, and
 * compared. Six names, of which one in six says 理财. Throws when a kept number is not exact.
 */
export async function fillLeads(
  db: Database,
  owner: pg.Client,
  input: { readonly leads: number; readonly pack: LoadedPack },
): Promise<Filled> {
  const tips = input.leads * TIPS_A_LEAD;
  await owner.query("set session_replication_role = replica");
  await fillSubjects(owner, input.leads);
  await fillReports(owner, { leads: input.leads, tips });
  await fillKeys(owner);
  await owner.query("set session_replication_role = origin");
  await owner.query("select rebuild_board()");
  await owner.query("select rebuild_key_waits()");
  await owner.query("analyze");
  const found = await pick(owner);
  await fillDecisions(db, owner, { ...input, leadId: found.ordinary });
  await owner.query("vacuum analyze");
  await checkKept(owner);
  return { leads: input.leads, tips, ...found };
}

async function fillSubjects(owner: pg.Client, leads: number): Promise<void> {
  await owner.query(
    `create temp table made as select gen_random_uuid() as id, gen_random_uuid() as dossier, n,
       (array['鑫源理财','恒信投资','金禾农业合作社','瑞丰商城','德盛养老','华宇资本'])[1 + (n * 7) % 6]
         || chr(19968 + (n * 131) % 8000) || chr(19968 + (n * 57) % 8000) as name,
       (array['new','triage','dispatched','investigating','determined','closed','closed','closed','rejected'])[1 + n % 9] as stage
     from generate_series(1, $1::int) n`,
    [leads],
  );
  await owner.query("create unique index on made (n)");
  await owner.query("analyze made");
  await owner.query(`insert into dossiers (id, pack_id, name, opened_on, folded, grams)
    select dossier, 'jinhua', name, current_date - n % ${String(DAYS)}, fold_for_search(name),
      (select array_agg(distinct substr(fold_for_search(name), at, 2)) from generate_series(1, char_length(fold_for_search(name)) - 1) at)
      from made order by n`);
  await owner.query(
    "insert into dossier_keys (pack_id, kind, key, dossier_id) select 'jinhua', 'site', 'bench-' || n || '.example', dossier from made",
  );
  await owner.query(`insert into leads (id, pack_id, dossier_id, name, stage, is_major, opened_on, accept_due_on, handle_due_on, closure_code, closed_at)
    select id, 'jinhua', dossier, name, stage, n % 200 = 0, current_date - n % ${String(DAYS)},
      case when n % 9 between 2 and 4 then current_date + n % 20 - 5 end, case when n % 9 between 2 and 4 then current_date + n % 60 - 5 end,
      case when stage = 'closed' then 'substantiated' when stage = 'rejected' then 'rejected' end,
      case when stage in ('closed','rejected') then now() - interval '1 day' * (n % ${String(DAYS)}) end from made order by n`);
  await owner.query(
    "insert into lead_sectors (id, lead_id, sector, is_primary, from_on) select gen_random_uuid(), id, (array['p2p','insurance','advertising'])[1 + n % 3], true, current_date from made",
  );
  await owner.query(
    `insert into lead_agencies (id, lead_id, agency_id, relation)
     select gen_random_uuid(), id, 'jinhua.' || ($1::text[])[1 + n % 4], 'lead' from made where stage not in ('new', 'triage')`,
    [BODIES],
  );
  await owner.query(`insert into lead_clocks (id, lead_id, kind, started_on, limit_days, limit_kind, due_on)
    select gen_random_uuid(), id, k.kind, current_date - 30, k.days, 'working', current_date + n % k.days - 5
      from made, (values ('accept', 20), ('handle', 60)) k(kind, days)
     where n % 9 between 2 and 4 and (k.kind = 'handle' or stage = 'dispatched')`);
}

async function fillReports(owner: pg.Client, of: { leads: number; tips: number }): Promise<void> {
  await owner.query(
    `insert into tips (id, lookup_id, pack_id, pack_version, channel, language, mode, subject_kind, subject_name, operating_at,
       sector, red_lines, alleged_fen, people, wants_reward, arrived_on, lead_id)
     select gen_random_uuid(), sha256(convert_to(t::text, 'UTF8')), 'jinhua', '1', 'web', 'zh-CN', 'anonymous', 'organisation', m.name,
       '3307' || lpad((2 + t % 3)::text, 2, '0'), 'p2p', '{}', 1000000 + t % 90, 1 + t % 9, false,
       current_date - (($1::bigint - t) * ${String(DAYS)} / $1)::int, m.id
       from generate_series(1, $1::int) t join made m on m.n = case when t % 10 = 0 then 2 else 1 + t % $2::int end order by t`,
    [of.tips, of.leads],
  );
  await owner.query(`insert into tip_identifiers (id, tip_id, kind, value, key)
    select gen_random_uuid(), t.id, 'site', 'www.bench-' || m.n || '.example', 'bench-' || m.n || '.example'
      from tips t join made m on m.id = t.lead_id`);
  await owner.query(`insert into arrival_ranks (arrival_no, tip_id, lead_id, rank, hash)
    select arrival_no, id, lead_id, row_number() over (partition by lead_id order by arrival_no), sha256(lookup_id) from tips`);
  await owner.query(`insert into events (id, recorded_on, actor_kind, action, lead_id, subject_table, subject_id)
    select gen_random_uuid(), arrived_on, 'reporter', 'tip.received', lead_id, 'tips', id::text from tips order by arrival_no`);
  // One report in a hundred was written to since; one message in twenty nobody has opened.
  await owner.query(`insert into tip_messages (id, tip_id, direction, kind, written_on, read_on, suite, body, content_enc, content_body, reply_enc, reply_body)
    select gen_random_uuid(), id, 'in', 'text', arrived_on, case when arrival_no % 2000 <> 0 then arrived_on end, 'none', '\\x00',
           sha256(lookup_id), decode(repeat('00', 48), 'hex'), sha256(lookup_id), decode(repeat('00', 48), 'hex')
      from tips where arrival_no % 100 = 0`);
}

/** The content key of every report for triage, and for the body that leads: but of one report in 5000. */
async function fillKeys(owner: pg.Client): Promise<void> {
  await owner.query(
    `insert into role_keys (id, slot, epoch, public_key)
     select gen_random_uuid(), slot, 1, sha256(convert_to(slot, 'UTF8'))
       from unnest(array['triage'] || array(select 'agency:jinhua.' || b from unnest($1::text[]) b)) slot`,
    [BODIES],
  );
  await owner.query(`insert into sealed_values (id, owner_table, owner_id, field, suite, body)
    select gen_random_uuid(), 'tips', id, 'narrative', 'noise', sha256(lookup_id) from tips`);
  await owner.query(`insert into sealed_keys (id, owner_table, owner_id, record, part, role_key_id, suite, enc, body)
    select gen_random_uuid(), 'tips', t.id, 'content', 'whole', r.id, 'noise', sha256(t.lookup_id), decode(repeat('00', 48), 'hex')
      from tips t cross join role_keys r left join lead_agencies h on h.lead_id = t.lead_id and r.slot = 'agency:' || h.agency_id
     where r.slot = 'triage' or h.id is not null and t.arrival_no % 5000 <> 7`);
}

/** What the router says of one lead, kept for all: a page replays its lead's. */
async function fillDecisions(
  db: Database,
  owner: pg.Client,
  { pack, leadId }: { readonly pack: LoadedPack; readonly leadId: string },
): Promise<void> {
  const today = chinaDay(new Date());
  await withActor(db, systemActor("bench"), (tx) => proposeRoute(tx, { leadId, pack, today }));
  await owner.query(
    `insert into routing_decisions (id, lead_id, kind, pack_id, pack_version, pack_sha256, facts, decision, decided_on)
     select gen_random_uuid(), l.id, r.kind, r.pack_id, r.pack_version, r.pack_sha256, r.facts, r.decision, r.decided_on
       from routing_decisions r, leads l where r.lead_id = $1 and l.id <> $1`,
    [leadId],
  );
}

async function pick(owner: pg.Client): Promise<Omit<Filled, "leads" | "tips">> {
  const { rows } = await owner.query<Omit<Filled, "leads" | "tips">>(
    `select f.id as flooded, f.dossier as "floodedDossier", o.id as ordinary, o.dossier as "ordinaryDossier",
            right(o.name, 2) as rare
       from made f, made o
      where f.n = 2 and o.n = (select min(m.n) from made m join lead_agencies h on h.lead_id = m.id
                                where h.agency_id = 'jinhua.police' and m.stage = 'investigating' and m.n > 2)`,
  );
  if (rows[0] === undefined) throw new Error("no leads were made");
  return rows[0];
}

async function checkKept(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query<{ cards: boolean; tips: boolean }>(
    `select (select sum(cards) from board_counts where reach = '') = (select count(*) from leads) as cards,
            (select sum(tips) from lead_tip_counts) = (select count(*) from tips) as tips`,
  );
  if (rows[0]?.cards !== true || !rows[0].tips) throw new Error("the kept counts are not exact");
}

/** Somebody of the jinhua pack's body, with that role. */
export async function addOfficer(
  owner: pg.Client,
  agency: string,
  role: "triage_officer" | "agency_officer",
) {
  const [id, agencyId] = [uuidv7(), `jinhua.${agency}`];
  await owner.query("insert into staff (id, display_name, agency_id) values ($1, '基准', $2)", [
    id,
    agencyId,
  ]);
  await owner.query("insert into staff_roles (id, staff_id, role) values ($1, $2, $3)", [uuidv7(), id, role]);
  return {
    kind: "staff" as const,
    ...{ id, agencyId, displayName: "基准", agencyName: agency },
    roles: [role],
    method: "passkey" as const,
  };
}
