import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { inviteParty } from "~server/disputes/invite-party.server";
import { listDisputes } from "~server/disputes/list-disputes.server";
import { readDispute } from "~server/disputes/read-dispute.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { declareRecusal } from "~server/triage/declare-recusal.server";
import { moveLead } from "~server/triage/move-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import { leadAt, leadRow } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

import { BASIS, makeDisputeCast, now, type DisputeCast } from "~tests/factories/dispute-cast";

const test = testDatabase();
let portal: TestPortal;
/** As the server connects: nothing preset, row-level security in force. */
let plain: Database;
let triage: DisputeCast["triage"];
let bank: DisputeCast["bank"];
let market: DisputeCast["market"];
let police: DisputeCast["police"];
let stranger: DisputeCast["stranger"];
let auditor: DisputeCast["auditor"];
let move: DisputeCast["move"];
let held: DisputeCast["held"];
let disputed: DisputeCast["disputed"];
let say: DisputeCast["say"];
let decided: DisputeCast["decided"];

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  plain = openDatabase(test.applicationUrl, { max: 4 });
  ({ triage, bank, market, police, stranger, auditor, move, held, disputed, say, decided } =
    await makeDisputeCast(portal, plain));
});
afterAll(() => plain.pool.end());

describe("a return", () => {
  it("is refused without a legal basis, without a body that should have it, and for the body itself", async () => {
    const leadId = await held();
    const back = (over: object) =>
      moveLead(
        plain,
        {
          ...{ leadId, to: "returned", version: 1, note: null, legalBasis: BASIS, closureCode: null },
          ...{ proposedBody: market.agencyId, at: now(), ...over },
        },
        bank,
      );
    expect(await refusalOf(back({ legalBasis: null }))).toBe("needs_legal_basis");
    expect(await refusalOf(back({ proposedBody: null }))).toBe("needs_proposed_body");
    expect(await refusalOf(back({ proposedBody: bank.agencyId }))).toBe("proposed_itself");
    expect(await leadRow(portal, leadId)).toMatchObject({ stage: "dispatched", version: 1 });
  });

  it("that is the second opens a dispute by itself, of those who returned it, mediated as the pack says", async () => {
    const leadId = await disputed();
    const page = await readDispute(plain, { leadId }, triage);
    expect(page.dispute).toMatchObject({
      ...{ cause: "second_return", status: "open", mediatorId: "jinhua.leading-office", clause: "三 末段" },
      method: "领导小组办公室牵头会商，联合整治",
      question: "国家金融监督管理总局金华监管分局、市市场监管局先后退回，应当由哪个部门牵头办理？",
    });
    expect(page.parties.map(({ agencyId }) => agencyId)).toEqual([bank.agencyId, market.agencyId]);
    expect(page.returns.map(({ agencyId }) => agencyId)).toEqual([bank.agencyId, market.agencyId]);
  });

  it("is mediated as the version in force says, whatever was loaded after it", async () => {
    await test.owner.query(
      `insert into packs (pack_id, version, sha256, content, loaded_at)
       select pack_id, '2099.1', repeat('9', 64),
              jsonb_set(content, '{disagreement,agency}', '"police"'), loaded_at + interval '1 day'
         from packs where pack_id = 'jinhua' order by loaded_at desc limit 1`,
    );
    const { dispute } = await readDispute(plain, { leadId: await disputed() }, triage);
    expect(dispute?.mediatorId).toBe("jinhua.leading-office");
  });

  it("is made once when two bodies that lead together return it at once", async () => {
    const leadId = await leadAt(portal, "dispatched", [
      { agency: "banking-regulation", relation: "lead" },
      { agency: "market-regulation", relation: "co_lead" },
    ]);
    const back = (actor: StaffActor) =>
      refusalOf(
        moveLead(
          plain,
          {
            ...{ leadId, to: "returned", version: 1, note: null, legalBasis: BASIS, closureCode: null },
            ...{ proposedBody: police.agencyId, at: now() },
          },
          actor,
        ),
      );
    const outcomes = await Promise.all([back(bank), back(market), back(bank), back(market)]);
    expect(outcomes.filter((one) => one === "accepted")).toHaveLength(1);
    expect(outcomes.every((one) => ["accepted", "stale_lead", "not_found"].includes(one))).toBe(true);
    const { rows } = await test.owner.query("select ordinal from lead_returns where lead_id = $1", [leadId]);
    expect(rows).toEqual([{ ordinal: 1 }]);
  });

  it("is barred to the decided body, which may not open another dispute either", async () => {
    const leadId = await decided();
    expect(await refusalOf(move(leadId, "returned", market, bank.agencyId))).toBe("decided_already");
    expect(await refusalOf(move(leadId, "disputed", market))).toBe("decided_already");
    const { moves } = await readLead(plain, { leadId, tipsPage: null, at: now() }, market);
    expect(moves.map(({ to }) => to)).toEqual(["investigating"]);
    expect(await leadRow(portal, leadId)).toMatchObject({ stage: "dispatched" });
  });

  it("a third time is refused by the database itself, whatever the row says", async () => {
    const insert = (leadId: string) =>
      test.owner.query(
        `insert into lead_returns (id, lead_id, round, ordinal, agency_id, proposed_agency_id, legal_basis, returned_by, returned_at)
         values ($1, $2, 0, 1, $3, $4, '依据', $5, now())`,
        [uuidv7(), leadId, bank.agencyId, market.agencyId, bank.id],
      );
    const stage = (leadId: string, to: string) =>
      test.owner.query("update leads set stage = $2 where id = $1", [leadId, to]);
    expect(await refusedBy(insert(await disputed()))).toBe("lead_returns_disputed");
    const settled = await decided();
    expect(await refusedBy(insert(settled))).toBe("lead_returns_decided");
    expect(await refusedBy(stage(settled, "returned"))).toBe("leads_returned_once");
    const fresh = await held();
    expect(await refusedBy(stage(fresh, "returned"))).toBe("leads_returned_once");
    for (const expected of ["accepted", "accepted", "lead_returns_twice_ck"])
      expect(await refusedBy(insert(fresh))).toBe(expected);
    expect(await refusedBy(stage(fresh, "returned"))).toBe("leads_returned_once");
    expect(await refusedBy(stage(await disputed(), "dispatched"))).toBe("leads_dispute_open");
    const blank = test.owner.query(
      `insert into lead_returns (id, lead_id, agency_id, proposed_agency_id, legal_basis, returned_by, returned_at)
       values ($1, $2, $3, $4, '  ', $5, now())`,
      [uuidv7(), await held(), bank.agencyId, market.agencyId, bank.id],
    );
    expect(await refusedBy(blank)).toBe("lead_returns_basis_ck");
  });
});

describe("who sees a dispute", () => {
  it("is the office, auditors and the bodies heard: one that helps learns that it runs, a stranger nothing", async () => {
    const leadId = await disputed();
    await say(leadId, bank);
    for (const actor of [triage, auditor, bank, market]) {
      const page = await readDispute(plain, { leadId }, actor);
      expect([page.number > 0, page.opinions.length]).toEqual([true, 1]);
      const listed = await listDisputes(plain, { page: 1 }, actor);
      expect(listed.disputes.map((one) => one.leadId)).toContain(leadId);
    }
    // The first to return it holds the lead no more, and is heard all the same.
    expect((await readDispute(plain, { leadId }, bank)).lead).toBeNull();
    expect(await readDispute(plain, { leadId }, police)).toMatchObject({
      ...{ runs: true, dispute: null, parties: [], opinions: [], returns: [] },
    });
    expect((await listDisputes(plain, { page: 1 }, police)).count).toBe(0);
    expect(await refusalOf(readDispute(plain, { leadId }, stranger))).toBe("not_found");
    expect(await refusalOf(say(leadId, police))).toBe("not_found");
    const trail = (actor: StaffActor) =>
      withActor(plain, actor, (tx) => tx.execute(sql`select 1 from events where subject_table = 'disputes'`));
    expect((await trail(police)).rowCount).toBe(0);
    expect((await trail(market)).rowCount).toBeGreaterThan(0);
  });

  it("is no body where the lead is kept to the leading office, and nobody recused", async () => {
    const leadId = await disputed();
    await declareRecusal(plain, { leadId, reason: "亲属任职", at: now() }, market);
    expect(await refusalOf(readDispute(plain, { leadId }, market))).toBe("not_found");
    expect(await refusalOf(say(leadId, market))).toBe("not_found");
    await test.owner.query("update leads set leading_office_only = true where id = $1", [leadId]);
    expect(await refusalOf(readDispute(plain, { leadId }, bank))).toBe("not_found");
    expect((await readDispute(plain, { leadId }, triage)).dispute?.status).toBe("open");
  });
});

describe("an opinion", () => {
  it("is replaced by its next version, and what was said before stays as it was", async () => {
    const leadId = await disputed();
    expect(await say(leadId, bank)).toEqual({ version: 1 });
    expect(await refusalOf(say(leadId, bank, { opinion: "另一位同事写的" }))).toBe("stale_opinion");
    expect(await say(leadId, bank, { seen: 1, opinion: "补充依据" })).toEqual({ version: 2 });
    const { opinions } = await readDispute(plain, { leadId }, market);
    expect(opinions.map(({ opinion }) => opinion)).toEqual(["不属于我局职责", "补充依据"]);
    const edit = "update dispute_opinions set opinion = 'x' where lead_id = $1";
    expect(await refusedBy(test.owner.query(edit, [leadId]))).not.toBe("accepted");
  });

  it("saved twice at the same moment is one version", async () => {
    const leadId = await disputed();
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => refusalOf(say(leadId, bank))));
    expect(outcomes.sort()).toEqual(["accepted", "stale_opinion", "stale_opinion", "stale_opinion"]);
  });

  it("is given for no other body; triage writes down the letter of one without accounts, with number and day", async () => {
    const leadId = await disputed();
    expect(await refusalOf(say(leadId, market, { agencyId: bank.agencyId }))).toBe("not_your_body");
    expect(await refusalOf(say(leadId, triage, { agencyId: bank.agencyId }))).toBe("has_accounts");
    const paper = "jinhua.economy-it";
    expect(await refusalOf(say(leadId, triage, { agencyId: paper }))).toBe("not_found");
    await inviteParty(plain, { leadId, agencyId: paper, at: now() }, triage);
    expect(await refusalOf(inviteParty(plain, { leadId, agencyId: paper, at: now() }, triage))).toBe(
      "party_already",
    );
    expect(await refusalOf(say(leadId, triage, { agencyId: paper }))).toBe("needs_letter");
    const letter = { letterNumber: "金经信函〔2026〕1号", letterOn: "2026-03-01" };
    await say(leadId, triage, { agencyId: paper, ...letter });
    // Whoever wrote the letter down spoke for nobody, and may decide.
    const raw = (agencyId: string, number: string | null) =>
      test.owner.query(
        `insert into dispute_opinions (id, dispute_id, lead_id, agency_id, version, opinion, legal_basis, proposed_agency_id, letter_number, letter_on, given_by, given_at)
         select $1, id, lead_id, $2, 1, '意见', '依据', $2, $3, $4, $5, now() from disputes where lead_id = $6 and status = 'open'`,
        [uuidv7(), agencyId, number, number === null ? null : "2026-03-01", triage.id, leadId],
      );
    expect(await refusedBy(raw(bank.agencyId, "号"))).toBe("dispute_opinions_own_voice");
    expect(await refusedBy(raw(bank.agencyId, null))).toBe("dispute_opinions_own_voice");
    expect(await refusedBy(raw(police.agencyId, "号"))).toBe("dispute_opinions_own_voice");
    expect(await refusedBy(raw("jinhua.petition", "号"))).toBe("dispute_opinions_party_fk");
  });
});
