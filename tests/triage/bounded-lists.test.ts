import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { listDossiers } from "~server/dossiers/list-dossiers.server";
import { REPORTER, type ActingFor, type StaffActor } from "~server/staff-auth/actor";
import { declareRecusal } from "~server/triage/declare-recusal.server";
import { listBoard } from "~server/triage/list-board.server";
import { leadAt, makePerson } from "~tests/factories/make-lead";
import { reportWithReceipt, sayAsReporter } from "~tests/factories/make-thread";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

// What is read from a key of its own, or from the newest on, is what a look at everything would find (0047).

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let officer: StaffActor;
let colleague: StaffActor;
let stranger: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  officer = await makePerson(portal, "police", ["agency_officer"]);
  colleague = await makePerson(portal, "police", ["agency_officer"]);
  stranger = await makePerson(portal, "market-regulation", ["agency_officer"]);
});

const at = () => portal.clock.now();
const police = [{ agency: "police", relation: "lead" }] as const;
const alsoIn = (leadId: string, sector: string) =>
  test.owner.query(
    `insert into lead_sectors (id, lead_id, sector, is_primary, from_on)
     values (gen_random_uuid(), $1, $2, false, '2026-03-02')`,
    [leadId, sector],
  );

describe("the board of one sector", () => {
  it("has every card of that sector the person sees and no other, in each order, beside other filters", async () => {
    const both = await leadAt(portal, "investigating", police);
    const one = await leadAt(portal, "investigating", police);
    const apart = await leadAt(portal, "investigating", police);
    const kept = await leadAt(portal, "investigating", police);
    for (const id of [both, apart, kept]) await alsoIn(id, "advertising");
    await test.owner.query("update leads set is_major = true where id = $1", [both]);
    await test.owner.query("update leads set leading_office_only = true where id = $1", [kept]);
    await declareRecusal(test.db, { leadId: apart, reason: "亲属任职", at: at() }, officer);
    await test.owner.query("update lead_cards set assignee_id = $2 where lead_id = $1 and reach = $3", [
      both,
      officer.id,
      officer.agencyId,
    ]);
    const orders = {
      newest: "is_major desc, number desc",
      oldest: "number",
      due: "due_on nulls last, number",
    } as const;
    for (const actor of [triage, officer, colleague, stranger])
      for (const sector of ["advertising", "p2p", "insurance"])
        for (const sort of ["newest", "oldest", "due"] as const)
          for (const mine of [false, true]) {
            const columns = await listBoard(
              test.db,
              {
                filters: { sector, ...(mine ? { assignee: officer.id } : {}) },
                sort,
                stage: "investigating",
              },
              actor,
            );
            const { rows } = await test.owner.query<{ id: string }>(
              `select lead_id as id from lead_cards where reach = $1 and $2 = any (sectors) and stage = 'investigating'
                 and (not $3 or assignee_id = $4) and lead_id not in (select r.lead_id from lead_recusals r where r.staff_id = $5 and r.ended_at is null) order by ${orders[sort]}`,
              [actor === triage ? "" : actor.agencyId, sector, mine, officer.id, actor.id],
            );
            const ids = rows.map(({ id }) => id);
            expect(columns.map(({ count, cards }) => [count, cards.map(({ id }) => id)])).toEqual([
              [ids.length, ids],
            ]);
          }
    const seen = async (actor: StaffActor, sector: string) =>
      (await listBoard(test.db, { filters: { sector }, stage: "investigating" }, actor)).flatMap(
        ({ cards }) => cards.map(({ id }) => id),
      );
    expect(await seen(officer, "advertising")).toEqual([both]);
    expect(await seen(colleague, "advertising")).toEqual([both, apart]);
    expect(await seen(officer, "p2p")).toEqual(expect.arrayContaining([both, one]));
    expect(await seen(stranger, "advertising")).toEqual([]);
    expect(await seen(triage, "advertising")).toEqual(expect.arrayContaining([both, apart, kept]));
  });
});

describe("the office's search of dossiers by a part of a name", () => {
  it("shows all that bear it, newest first, page by page, however many and however old", async () => {
    // Newer ones that do not bear it: more than are looked through at first.
    await test.owner.query(
      `insert into dossiers (id, pack_id, name, opened_on, folded, grams) select gen_random_uuid(), 'jinhua', '别家' || n,
         date '2021-01-01', '别家' || n, array['别家'] from generate_series(1, 6000) n`,
    );
    await test.owner.query(
      `with made as (insert into dossiers (id, pack_id, name, opened_on, folded, grams)
         select gen_random_uuid(), 'jinhua', '同样名' || n, date '2020-01-01' + n % 40, '同样名' || n, array['同样', '样名']
           from generate_series(1, 1100) n returning id, name, opened_on)
       insert into leads (id, pack_id, dossier_id, name, stage, opened_on)
       select gen_random_uuid(), 'jinhua', id, name, 'new', opened_on from made`,
    );
    const { rows } = await test.owner.query<{ id: string; lead: string }>(
      `select d.id, l.id as lead from dossiers d join leads l on l.dossier_id = d.id where d.folded like '同样名%'
        order by d.opened_on desc, d.id desc`,
    );
    const apart = rows[2]!;
    const other = await makePerson(portal, "leading-office", ["triage_officer"]);
    await declareRecusal(portal.db, { leadId: apart.lead, reason: "亲属任职", at: at() }, other);
    for (const actor of [triage, other]) {
      const ids = rows.map(({ id }) => id).filter((id) => actor === triage || id !== apart.id);
      // The last pages lie past a thousand, and past what is looked through of the newest.
      for (const page of [1, 2, 30, Math.ceil(ids.length / 20), Math.ceil(ids.length / 20) + 1]) {
        const found = await listDossiers(portal.db, { fragment: "同样", page }, actor);
        expect(found.dossiers.map(({ id }) => id)).toEqual(ids.slice((page - 1) * 20, page * 20));
        expect(found.more).toBe(page * 20 < ids.length);
      }
    }
    expect((await listDossiers(portal.db, { fragment: "同样", page: 1 }, officer)).dossiers).toEqual([]);
  });
});

describe("reports with unopened messages", () => {
  it("are named to those who may read them, and to nobody else", async () => {
    const sent = await reportWithReceipt(portal);
    await sayAsReporter(portal, sent.receipt, "一");
    const found = async (actor: ActingFor) =>
      (
        await withActor(portal.db, actor, (tx) =>
          tx.execute<{ id: string }>(sql`select tips_with_news(array[${sent.leadId}::uuid]) as id`),
        )
      ).rows.map(({ id }) => id);
    const hold = (relation: string) =>
      test.owner.query(
        `insert into lead_agencies (id, lead_id, agency_id, relation) values (gen_random_uuid(), $1, $2, $3)`,
        [sent.leadId, officer.agencyId, relation],
      );
    const auditor = await makePerson(portal, "leading-office", ["auditor"]);
    expect(await found(triage)).toEqual([sent.tipId]);
    for (const other of [auditor, stranger, officer, REPORTER]) expect(await found(other)).toEqual([]);
    await hold("cooperating");
    expect(await found(officer)).toEqual([]);
    await test.owner.query("update lead_agencies set relation = 'lead' where lead_id = $1", [sent.leadId]);
    expect(await found(officer)).toEqual(await found(triage));
    expect((await found(stranger)).length).toBe(0);
    await test.owner.query("update leads set leading_office_only = true where id = $1", [sent.leadId]);
    expect(await found(officer)).toEqual([]);
    expect(await found(triage)).toEqual([sent.tipId]);
  });
});
