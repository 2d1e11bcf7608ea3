import pg from "pg";
import { beforeEach, describe, expect, inject, it } from "vitest";
import { prepareInstallation } from "~server/start/prepare-installation";
import { dropHalfDemo } from "~server/start/drop-half-demo";
import { StartError } from "~server/start/start-error";
import { testDatabase } from "~tests/setup/database";
import { OWNER, databaseUrl } from "~tests/setup/start-test-cluster";
import { testPortal, type TestPortal } from "~tests/setup/test-portal";
import { verifyLedger } from "~server/ledger/verify-ledger.server";

const test = testDatabase();
let portal: TestPortal;
beforeEach(() => {
  portal = testPortal(test.db, "2026-01-05T03:00:00Z");
});

const as = (over: Partial<TestPortal["env"]>): TestPortal => ({ ...portal, env: { ...portal.env, ...over } });

async function refusal(of: TestPortal): Promise<string> {
  try {
    await prepareInstallation(of);
    return "accepted";
  } catch (error) {
    if (error instanceof StartError) return error.message;
    throw error;
  }
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await test.db.pool.query<Record<string, unknown>>(text)).rows;
}

describe("an installation", () => {
  it("loads the demonstration on an empty database, once, also early in January", async () => {
    await prepareInstallation(portal);
    const [before] = await rows("select count(*)::int as tips from tips");
    await prepareInstallation(portal);
    expect(await rows("select count(*)::int as tips from tips")).toEqual([before]);
    expect(Number(before?.tips)).toBeGreaterThanOrEqual(40);
  }, 180_000);

  it("shows at least 40 tips on 12 platforms in every board column", async () => {
    const stages = await rows(
      "select distinct stage from leads where closure_code is distinct from 'duplicate'",
    );
    expect(stages.map(({ stage }) => stage).sort()).toEqual(
      [
        "closed",
        "determined",
        "dispatched",
        "disputed",
        "investigating",
        "new",
        "rejected",
        "returned",
        "triage",
      ].sort(),
    );
    const sectors = await rows("select distinct sector from lead_sectors where is_primary and to_on is null");
    const enabled = portal.pack.pack.rows.map(({ sector }) => sector);
    expect(enabled.filter((sector) => !sectors.some((row) => row.sector === sector))).toEqual([]);
  });

  it("has awards at every step, one lead disputed, one escalated, signed by keys that are revoked", async () => {
    const states = await rows("select status, count(*)::int as n from awards group by 1 order by 1");
    expect(states).toEqual([
      { status: "approved", n: 3 },
      { status: "drafted", n: 1 },
      { status: "paid", n: 4 },
      { status: "posted", n: 4 },
      { status: "prepared", n: 1 },
      { status: "reviewed", n: 2 },
    ]);
    expect(await rows("select count(*)::int as n from leads where is_major")).toEqual([{ n: 1 }]);
    expect(await rows("select count(*)::int as n from leads where stage = 'disputed'")).toEqual([{ n: 1 }]);
    expect(await rows("select count(*)::int as n from passkeys where revoked_at is null")).toEqual([
      { n: 0 },
    ]);
    expect(
      await rows("select distinct k.kind from approval_steps a join passkeys k on k.id = a.passkey_id"),
    ).toEqual([{ kind: "seed" }]);
  });

  it("leaves something on every page of the money's way, and one award for its informant to choose", async () => {
    const [counts] = await rows(`select
      (select count(*) from award_holds where lifted_at is null)::int as held,
      (select count(*) from award_objections where outcome is null)::int as objections,
      (select count(*) from award_objections where outcome is not null)::int as answered,
      (select count(*) from award_decisions)::int as decisions,
      (select count(*) from approval_delegations where accepted_at is not null)::int as deputies,
      (select count(*) from approval_limits where outcome = 'granted')::int as limits,
      (select string_agg(status, ' ' order by no) from payout_batches) as batches,
      (select string_agg(outcome, ' ' order by line_no) from bank_lines) as bank,
      (select count(*) from claim_codes where status = 'live')::int as codes,
      (select count(*) from window_movements where slip is not null)::int as slips,
      (select count(*) from window_days where explanation is not null and status = 'closed')::int as days,
      (select count(*) from reconciliations)::int as reconciled,
      (select count(*) from ledger_requests where outcome is null)::int as asked,
      (select count(*) from scheme_proposals where requested_by is not null and outcome is null)::int as versions,
      (select count(*) from clock_extensions where outcome = 'granted')::int as extended,
      (select count(*) from clock_pauses where to_on is null)::int > 0 as paused,
      (select count(*) from handling_letters)::int as letters,
      (select count(*) from awards a join award_claims c on c.award_id = a.id
        where a.status = 'approved' and c.way is null and c.claim_by is not null)::int > 0 as choosing`);
    expect(counts).toEqual({
      ...{ held: 1, objections: 1, answered: 1, decisions: 1, deputies: 1, limits: 1 },
      ...{ batches: "sent sent frozen", bank: "settled suspense", codes: 1, slips: 1, days: 1 },
      ...{ reconciled: 1, asked: 1, versions: 1, extended: 1, paused: true, letters: 1, choosing: true },
    });
  });

  it("leaves a ledger that verifies", async () => {
    expect(await verifyLedger(test.db)).toMatchObject({ ok: true, faults: [] });
  });

  it("refuses to mix invented and real reports", async () => {
    expect(await refusal(as({ demo: false }))).toMatch(/^DEMO: this database holds demo data/);
  });

  it("refuses another pack, and a pack that changed under its version", async () => {
    const other = { ...portal.pack, pack: { ...portal.pack.pack, id: "elsewhere" } };
    expect(await refusal({ ...portal, pack: other })).toMatch(/^PACK: this database belongs to pack jinhua/);
    expect(await refusal({ ...portal, pack: { ...portal.pack, sha256: "0".repeat(64) } })).toMatch(
      /^PACK: jinhua [\d.]+ differs from the version already in use/,
    );
  });
});

describe("a start stopped while it loaded demo data", () => {
  it("is named on an external database and touches nothing there", async () => {
    await test.db.pool.query(`update settings set value = '"loading"' where key = 'demo'`);
    const [before] = await rows("select count(*)::int as tips from tips");
    expect(await refusal(portal)).toMatch(
      /^DATABASE_URL: an earlier start was stopped while loading demo data/,
    );
    expect(await rows("select count(*)::int as tips from tips")).toEqual([before]);
  });

  it("drops a half-loaded embedded database, and no other", async () => {
    const name = `half_demo_${process.pid}`;
    const server = new pg.Client({ connectionString: inject("clusterUrl") });
    await server.connect();
    const exists = async () =>
      ((await server.query("select 1 from pg_database where datname = $1", [name])).rowCount ?? 0) > 0;
    await server.query(`create database ${name} owner ${OWNER.user}`);
    const url = databaseUrl(inject("clusterUrl"), name, OWNER);
    expect(await dropHalfDemo(inject("clusterUrl"), url, name)).toBe(false);
    const owner = new pg.Client({ connectionString: url });
    await owner.connect();
    await owner.query(
      `create table settings (key text, value jsonb); insert into settings values ('demo', '"loaded"')`,
    );
    expect(await dropHalfDemo(inject("clusterUrl"), url, name)).toBe(false);
    await owner.query(`update settings set value = '"loading"'`);
    await owner.end();
    expect(await dropHalfDemo(inject("clusterUrl"), url, name)).toBe(true);
    expect(await exists()).toBe(false);
    await server.end();
  });
});
