import { sql } from "drizzle-orm";
import fc from "fast-check";
import { Converter } from "opencc-js/t2cn";
import { beforeAll, describe, expect, it } from "vitest";
import { usccCheckCharacter } from "~/forms/uscc";
import { withActor } from "~db/with-actor.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { attachTip } from "~server/triage/attach-tip.server";
import { declareRecusal } from "~server/triage/declare-recusal.server";
import { listBoard } from "~server/triage/list-board.server";
import { openUpLead } from "~server/triage/open-up-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import { searchLeads } from "~server/triage/search-leads.server";
import { leadAt, leadRow, makePerson, sendReport } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let officer: StaffActor;
let colleague: StaffActor;
let stranger: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"], { name: "研判甲" });
  officer = await makePerson(portal, "police", ["agency_officer"], { name: "承办甲" });
  colleague = await makePerson(portal, "police", ["agency_officer"], { name: "承办乙" });
  stranger = await makePerson(portal, "market-regulation", ["agency_officer"], { name: "外人" });
});

/** Its last character is its check character. */
const USCC = `91330702MA2E4XYW1${usccCheckCharacter("91330702MA2E4XYW1") ?? ""}`;
const at = () => portal.clock.now();
const police = [{ agency: "police", relation: "lead" }] as const;
const settle = () =>
  withActor(test.db, systemActor("test"), (tx) => tx.execute(sql`select settle_board_counts()`));
/** As many notes of each kind. */
const settleSome = (notes: number) =>
  withActor(test.db, systemActor("test"), (tx) =>
    tx.execute(sql`select settle_board_counts(${notes}), settle_tallies(${notes})`),
  );
const dump = async (query: string) =>
  (await test.owner.query<{ row: string }>(`select t::text as row from (${query}) t order by 1`)).rows.map(
    ({ row }) => row,
  );

/** Everything the triggers keep, as it is read. */
const kept = async () => ({
  cards: await dump("select * from lead_cards"),
  sectors: await dump("select * from card_sectors"),
  terms: await dump("select * from lead_terms"),
  counts: await dump(`select reach, pack_id, stage, sum(cards) from (select * from board_counts union all
    select * from board_deltas) c group by 1, 2, 3 having sum(cards) <> 0`),
  tips: await dump(`select lead_id, official, sum(tips) from (select * from lead_tip_counts union all
    select * from lead_tip_deltas) c group by 1, 2 having sum(tips) <> 0`),
});

/** Reports a day on a lead and in a place, as kept and as counted. */
const tallies = async () => ({
  kept: await dump(`select kind, key, day, sum(tips) from (select * from tip_tallies union all
    select * from tip_tally_deltas) c group by 1, 2, 3 having sum(tips) <> 0`),
  counted:
    await dump(`select 'lead' as kind, lead_id::text as key, arrived_on as day, count(*) from tips where lead_id is not null group by 2, 3
    union all select 'place', said, arrived_on, count(*) from tips, lateral (select said from unnest(array[operating_at,
        registered_at, occurred_at]) with ordinality u(said, nth) where said ~ '[0-9]' order by nth limit 1) first
     where lead_id is not null group by 2, 3`),
});

const alsoAdvertising = (leadId: string) =>
  test.owner.query(
    `insert into lead_sectors (id, lead_id, sector, is_primary, from_on)
     select gen_random_uuid(), $1, 'advertising', false, '2026-03-02' where not exists (
       select 1 from lead_sectors where lead_id = $1 and sector = 'advertising' and to_on is null)`,
    [leadId],
  );

describe("where a lead is and who is named in it", () => {
  const inPlace = async (place: string) =>
    (await listBoard(test.db, { filters: { place } }, triage)).flatMap(({ cards }) =>
      cards.map(({ id }) => id),
    );

  it("is the first place named, whatever else was not known", async () => {
    const territory = (operating: string, registered = "") => ({ operating, registered, occurred: "" });
    const one = await sendReport(portal, { territory: territory("unknown", "330702") });
    expect(await inPlace("330702")).toContain(one.leadId);
    const subject = { subjectKind: "site", name: "地点平台", sites: "place-first.example", uscc: "" };
    const { leadId } = await sendReport(portal, { subject, territory: territory("unknown") });
    await sendReport(portal, { subject, territory: territory("330782") });
    await sendReport(portal, { subject, territory: territory("330783") });
    expect(await inPlace("330782")).toContain(leadId);
    expect(await inPlace("330783")).not.toContain(leadId);
  });

  it("is found by the person said to be responsible", async () => {
    const { leadId } = await sendReport(portal, {
      "in-charge": { responsible: "欧阳测试锤", phonesOrAccounts: "" },
    });
    const found = await searchLeads(portal.db, { text: "测试锤", page: 1 }, triage);
    expect(found.cards.map(({ id }) => id)).toContain(leadId);
  });
});

describe("what triggers keep for the board", () => {
  it("is what a rebuild from nothing makes of any run of reports, moves, holds, merges and settlings", async () => {
    const agencies = ["police", "market-regulation", "finance"];
    const act = fc.oneof(
      fc.record({
        kind: fc.constant("report"),
        name: fc.integer({ min: 0, max: 3 }),
        place: fc.constantFrom("unknown", "online", "330702", "330782"),
        official: fc.boolean(),
      }),
      fc.record({ kind: fc.constant("hold"), agency: fc.integer({ min: 0, max: 2 }) }),
      fc.constantFrom({ kind: "release" }, { kind: "attach" }, { kind: "settle" }, { kind: "openUp" }),
      fc.constantFrom({ kind: "nested" }, { kind: "plain" }, { kind: "major" }),
      fc.record({ kind: fc.constant("settle"), notes: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant("stage"), to: fc.constantFrom("triage", "investigating", "closed") }),
    );
    const any = async (n: number) =>
      (
        await test.owner.query<{ id: string; number: string; tip: string | null }>(
          `select id, number::text, (select t.id from tips t where t.lead_id = l.id order by arrival_no limit 1) as tip
             from leads l where closure_code is distinct from 'duplicate' order by number desc offset $1 limit 1`,
          [n],
        )
      ).rows[0];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(act, fc.nat(5)), { minLength: 8, maxLength: 14 }), async (acts) => {
        await sendReport(portal);
        await sendReport(portal, {
          subject: { subjectKind: "organisation", name: "另一家投资" },
        });
        for (const [one, n] of acts) {
          const lead = await any(n % 2);
          if (lead === undefined) continue;
          const { id } = lead;
          if (one.kind === "report" && "name" in one) {
            const { tipId } = await sendReport(portal, {
              subject: {
                subjectKind: "organisation",
                name: ["鑫源理财", "ＡＢＣ 理财", "鑫源", "丰德"][one.name] ?? "",
              },
              territory: { operating: one.place, registered: one.name === 3 ? "330727" : "", occurred: "" },
              "in-charge": { responsible: one.name === 2 ? "欧阳甲" : "", phonesOrAccounts: "" },
            });
            if (one.official)
              await test.owner.query(
                `with moved as (update tips set lead_id = null where id = $1 returning lead_id)
                 select 1 from moved`,
                [tipId],
              );
            if (one.official) {
              await test.owner.query("alter table tips disable trigger user");
              await test.owner.query("update tips set concerns_official = true where id = $1", [tipId]);
              await test.owner.query("alter table tips enable trigger user");
              await test.owner.query("update tips set lead_id = $2 where id = $1", [tipId, id]);
            }
          } else if (one.kind === "hold" && "agency" in one) {
            await test.owner.query(
              `insert into lead_agencies (id, lead_id, agency_id, relation) values (gen_random_uuid(), $1, $2, 'lead')
               on conflict do nothing`,
              [id, `jinhua.${agencies[one.agency] ?? ""}`],
            );
          } else if (one.kind === "release") {
            await test.owner.query(
              "update lead_agencies set to_at = now() where lead_id = $1 and to_at is null",
              [id],
            );
          } else if (one.kind === "nested") {
            await alsoAdvertising(id);
          } else if (one.kind === "plain") {
            await test.owner.query(
              "update lead_sectors set to_on = from_on where lead_id = $1 and to_on is null and not is_primary",
              [id],
            );
          } else if (one.kind === "major") {
            await test.owner.query("update leads set is_major = not is_major where id = $1", [id]);
          } else if (one.kind === "openUp") {
            await test.owner.query(
              "update leads set leading_office_only = not leading_office_only where id = $1",
              [id],
            );
          } else if (one.kind === "attach") {
            const other = await any(n % 2 === 0 ? 1 : 0);
            if (lead.tip !== null && other !== undefined)
              await refusalOf(
                attachTip(
                  test.db,
                  portal.pack.pack,
                  { tipId: lead.tip, toLeadNumber: Number(other.number), at: at() },
                  triage,
                ),
              );
          } else if (one.kind === "stage" && "to" in one) {
            await test.owner.query(
              `update leads set stage = $2, closed_at = case when $2 = 'closed' then now() end,
                 closure_code = case when $2 = 'closed' then 'insufficient' end where id = $1 and closure_code is null`,
              [id, one.to],
            );
          } else await ("notes" in one ? settleSome(one.notes) : settle());
        }
        const told = await tallies();
        expect(told.kept).toEqual(told.counted);
        const before = await kept();
        expect(before.sectors).toEqual(
          await dump(`select distinct c.reach, s.sector, c.stage, c.is_major, c.number, c.lead_id
                        from lead_cards c, unnest(c.sectors) s(sector)`),
        );
        await test.owner.query("select rebuild_board()");
        expect(before).toEqual(await kept());
      }),
      { numRuns: 6 },
    );
  }, 120_000);

  it("counts exactly, settled or not, less the leads a person is recused from", async () => {
    const mine = await leadAt(portal, "investigating", police);
    const before = await listBoard(test.db, { filters: {} }, officer);
    await settle();
    expect(await listBoard(test.db, { filters: {} }, officer)).toEqual(before);
    const count = (columns: typeof before) =>
      columns.find(({ stage }) => stage === "investigating")?.count ?? 0;
    await declareRecusal(test.db, { leadId: mine, reason: "亲属任职", at: at() }, officer);
    const after = await listBoard(test.db, { filters: {} }, officer);
    expect(count(after)).toBe(count(before) - 1);
    expect(count(await listBoard(test.db, { filters: {} }, colleague))).toBe(count(before));
  });

  it("lets nobody but the portal settle, and nobody write it", async () => {
    expect(
      await refusedBy(withActor(test.db, triage, (tx) => tx.execute(sql`select settle_board_counts()`))),
    ).toBe("board_counts_settler");
    expect(
      await refusedBy(withActor(test.db, triage, (tx) => tx.execute(sql`select settle_tallies(1)`))),
    ).toBe("tip_tallies_settler");
    expect(await refusedBy(withActor(test.db, triage, (tx) => tx.execute(sql`delete from lead_cards`)))).toBe(
      "42501",
    );
    expect(await refusedBy(withActor(test.db, triage, (tx) => tx.execute(sql`select rebuild_board()`)))).toBe(
      "42501",
    );
  });
});

describe("searching leads", () => {
  const find = async (text: string, actor: StaffActor) =>
    (await searchLeads(test.db, { text, page: 1 }, actor)).cards.map(({ id }) => id);

  it("finds by two characters of any name, 信用代码, site, phone, number and body, folded", async () => {
    const { leadId } = await sendReport(portal, {
      subject: { subjectKind: "organisation", name: "麒麟（金华）財富ＡＢ管理", uscc: USCC },
      online: { sites: "https://Kylin-Wealth.example/a", apps: "麟宝宝" },
    });
    const row = await test.owner.query<{ number: string }>("select number::text from leads where id = $1", [
      leadId,
    ]);
    for (const text of [
      "麒麟",
      "金华）財",
      // In the other script, and in both mixed.
      "財富",
      "财富",
      "金華）财富",
      "麟寶寶",
      "ab管",
      "麟金华",
      "麟宝宝",
      "kylin-wealth.example",
      "http://kylin-wealth.example/b",
      USCC,
      USCC.toLowerCase(),
      row.rows[0]?.number ?? "",
    ])
      expect(await find(text, triage), text).toContain(leadId);
    for (const text of ["麒", "麟麒", "麒麟管理", "%", "麒%"])
      expect(await find(text, triage), text).not.toContain(leadId);
    expect(await find("", triage)).toEqual([]);
  });

  it("finds a body's own leads for it, and never what it does not hold or what is kept from it", async () => {
    const mine = await sendReport(portal, { subject: { subjectKind: "organisation", name: "青鸾理财中心" } });
    const office = await sendReport(portal, {
      subject: { subjectKind: "organisation", name: "青鸾投资中心" },
    });
    for (const { leadId } of [mine, office])
      await test.owner.query(
        "insert into lead_agencies (id, lead_id, agency_id, relation) values (gen_random_uuid(), $1, 'jinhua.police', 'lead')",
        [leadId],
      );
    await test.owner.query("update leads set leading_office_only = true where id = $1", [office.leadId]);
    expect((await find("青鸾", triage)).toSorted()).toEqual([mine.leadId, office.leadId].toSorted());
    expect(await find("青鸾", officer)).toEqual([mine.leadId]);
    expect(await find("青鸾", stranger)).toEqual([]);
    const { version } = await leadRow(portal, office.leadId);
    await openUpLead(
      test.db,
      portal.pack,
      { leadId: office.leadId, version, reason: "已核实不涉及", at: at() },
      triage,
    );
    expect(await find("青鸾", officer)).toContain(office.leadId);
    // What only a report accusing an official said stays the office's, on whatever lead it hangs.
    const secret = await sendReport(portal, { subject: { subjectKind: "organisation", name: "玄武秘名" } });
    await test.owner.query("alter table tips disable trigger user");
    await test.owner.query("update tips set lead_id = null, concerns_official = true where id = $1", [
      secret.tipId,
    ]);
    await test.owner.query("alter table tips enable trigger user");
    await test.owner.query("update tips set lead_id = $2 where id = $1", [secret.tipId, mine.leadId]);
    expect(await find("玄武", triage)).toContain(mine.leadId);
    expect(await find("玄武", officer)).toEqual([]);
    expect((await readLead(test.db, { leadId: mine.leadId, tipsPage: 1, at: at() }, officer)).tipCount).toBe(
      1,
    );
    expect((await readLead(test.db, { leadId: mine.leadId, tipsPage: 1, at: at() }, triage)).tipCount).toBe(
      2,
    );
    await declareRecusal(test.db, { leadId: mine.leadId, reason: "亲属任职", at: at() }, colleague);
    expect(await find("青鸾理财", colleague)).toEqual([]);
  });
});

describe("what is searched for", () => {
  it("is folded sign by sign as the dossiers' names are, whatever the sign", async () => {
    const simplified = Converter({ from: "t", to: "cn" });
    // Han signs of the basic plane and extension A; those of compatibility are normalised away before.
    const signs = Array.from({ length: 0x9fff - 0x3400 + 1 }, (_, n) => String.fromCodePoint(0x3400 + n));
    const { rows } = await test.owner.query<{ said: string; plain: string }>(
      "select simplify_for_search($1) as said, simplify_for_search('abc 一二三') as plain",
      [signs.join("")],
    );
    const said = [...(rows[0]?.said ?? "")];
    // Rare signs whose simplified form lies beyond the basic plane stay as they are.
    const others = signs.flatMap((sign, at) => {
      const want = simplified(sign).length === 1 ? simplified(sign) : sign;
      return said[at] === want ? [] : [`${sign}${want}${said[at] ?? ""}`];
    });
    expect(others).toEqual([]);
    expect(rows[0]?.plain).toBe("abc 一二三");
  });
});
