import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { bringScheme } from "~server/rewards/bring-scheme.server";
import { findScheme, whyThisVersion } from "~server/rewards/find-scheme.server";
import { listSchemeVersions, readSchemeProposal } from "~server/rewards/list-scheme-versions.server";
import { loadScheme, parseScheme } from "~server/rewards/load-scheme.server";
import type { Scheme } from "~server/rewards/scheme-grammar";
import { agreeToScheme, refuseScheme, requestScheme } from "~server/rewards/settle-scheme.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { installSchemes } from "~server/start/install-pack.server";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let first: StaffActor;
let second: StaffActor;
let preparer: StaffActor;
let triage: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  first = await makePerson(portal, "leading-office", ["administrator"]);
  second = await makePerson(portal, "leading-office", ["administrator"]);
  preparer = await makePerson(portal, "finance", ["finance_preparer"]);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
});

const at = () => portal.clock.now();

/** The default with a higher limit, as a file somebody uploads. */
function changed(version: string, from: string, edit: (scheme: Scheme) => void = () => undefined) {
  const scheme = JSON.parse(JSON.stringify(loadScheme("jinhua-default").scheme)) as Scheme;
  Object.assign(scheme, { version, effective: { from, to: null } });
  const [cap] = scheme.caps;
  if (cap) cap.amount = "20000000";
  edit(scheme);
  return parseScheme(JSON.parse(JSON.stringify(scheme)), "changed.json");
}

async function bring(loaded: ReturnType<typeof changed>, actor = first) {
  const { proposalId } = await bringScheme(portal.db, { ...loaded, at: at() }, actor);
  return { proposalId, sha256: loaded.sha256, at: at() };
}
type Brought = Awaited<ReturnType<typeof bring>>;
const request = (one: Brought, actor = first) =>
  requestScheme(portal.db, { ...one, reason: "上限调整" }, actor);
const agree = (one: Brought, actor = second) => agreeToScheme(portal.db, one, actor);
const refuse = (one: Brought, actor = second) =>
  refuseScheme(portal.db, { ...one, reason: "依据不足" }, actor);
const onDay = (id: string, day: string) =>
  withActor(portal.db, systemActor("test"), async (tx) => {
    const found = await findScheme(tx, id, day);
    return `${found.schemeId} ${found.version}`;
  });

describe("the version that decides", () => {
  it("is that of the day the report arrived, under whichever id of the line it is asked for", async () => {
    for (const id of ["csrc-old", "csrc-2026"]) {
      expect(await onDay(id, "2025-12-31")).toBe("csrc-old 1");
      expect(await onDay(id, "2026-01-01")).toBe("csrc-2026 1");
    }
    expect(await refusalOf(onDay("csrc-old", "2013-12-31"))).toBe("scheme_missing");
    expect(await refusalOf(onDay("nothing", "2026-01-01"))).toBe("scheme_missing");
    const why = whyThisVersion(
      { version: "1", effectiveFrom: "2014-01-01", effectiveTo: null },
      "2015-05-05",
    );
    expect(why).toMatchObject({
      rule: "arrival-day",
      clause: "立法法 第一百零四条",
      arrivedOn: "2015-05-05",
    });
  });

  it("is stored once: a start stores nothing twice, and a period is never given twice", async () => {
    const start = () => withActor(portal.db, systemActor("test"), (tx) => installSchemes(tx, at()));
    await start();
    const { stored } = await listSchemeVersions(portal.db, { page: 1 }, preparer);
    expect(
      stored.filter(({ line }) => line === "csrc").map(({ schemeId, from, to }) => [schemeId, from, to]),
    ).toEqual([
      ["csrc-2026", "2026-01-01", null],
      ["csrc-old", "2014-01-01", "2025-12-31"],
    ]);
  });
});

describe("a new version", () => {
  it("is brought by administrators with a passkey alone, once at a time, after the versions before it", async () => {
    const next = changed("2", "2026-06-01");
    expect(await refusalOf(bring(next, triage))).toBe("not_found");
    expect(await refusalOf(bring(next, { ...first, method: "demo" }))).toBe("passkey_needed");
    expect(await refusalOf(bring(loadScheme("jinhua-default")))).toBe("scheme_same");
    expect(await refusalOf(bring(changed("1", "2026-06-01")))).toBe("scheme_version_used");
    expect(await refusalOf(bring(changed("2", "2021-12-01")))).toBe("scheme_order");
    expect(await refusalOf(bring(changed("2", "2020-01-01")))).toBe("scheme_order");
    expect(await refusalOf(bring(changed("2", "2026-06-01", (scheme) => (scheme.line = "other"))))).toBe(
      "scheme_line",
    );
    const one = await bring(next);
    expect(await refusalOf(bring(changed("3", "2026-07-01")))).toBe("scheme_waiting");
    expect(await refuse(one, first)).toEqual({ outcome: "withdrawn" });
    expect(await refusalOf(request(one))).toBe("scheme_settled");
  });

  it("says what it changes, rule by rule, and how many undecided leads it would concern", async () => {
    await sendReport(portal);
    const one = await bring(changed("2", "2022-01-01"));
    const page = await readSchemeProposal(portal.db, { proposalId: one.proposalId }, preparer);
    expect(page.before).toEqual({ id: "jinhua-default", version: "1" });
    expect(page.changes.map(({ part }) => part)).toEqual(["effective", "cap"]);
    expect(page.concerned).toBeGreaterThan(0);
    expect(await refusalOf(readSchemeProposal(portal.db, { proposalId: one.proposalId }, triage))).toBe(
      "not_found",
    );
    await refuse(one);
    const later = await bring(changed("2", "2099-01-01"));
    expect((await readSchemeProposal(portal.db, { proposalId: later.proposalId }, first)).concerned).toBe(0);
    await refuse(later);
  });

  it("takes effect when a second administrator agrees, and leaves the days before it alone", async () => {
    const one = await bring(changed("2", "2026-06-01"));
    expect(await refusalOf(agree(one))).toBe("scheme_not_requested");
    await request(one);
    expect(await refusalOf(request(one, second))).toBe("scheme_requested");
    expect(await refusalOf(agree(one, first))).toBe("own_request");
    expect(await refusalOf(agree({ ...one, sha256: "0".repeat(64) }))).toBe("scheme_changed");
    expect(await onDay("jinhua-default", "2026-06-01")).toBe("jinhua-default 1");
    // Of two who agree at once, one does.
    const both = await Promise.all([refusalOf(agree(one)), refusalOf(agree(one))]);
    expect(both).toContain("scheme_settled");
    expect(await onDay("jinhua-default", "2026-05-31")).toBe("jinhua-default 1");
    expect(await onDay("jinhua-default", "2026-06-01")).toBe("jinhua-default 2");
  });

  it("is refused by the database however it is written", async () => {
    const { scheme, sha256 } = changed("9", "2027-01-01");
    const insert = (over: Record<string, unknown>) => {
      const row = { from: "2027-01-01", content: JSON.stringify(scheme), ...over };
      return withActor(portal.db, systemActor("test"), (tx) =>
        tx.execute(sql`insert into schemes (scheme_id, version, sha256, content, effective_from)
          values ('jinhua-default', '9', ${sha256}, ${row.content}::jsonb, ${row.from}::date)`),
      );
    };
    expect(await refusedBy(insert({}))).toBe("schemes_by_two");
    expect(await refusedBy(insert({ from: "2020-01-01" }))).toBe("schemes_content");
    const early = JSON.stringify({ ...scheme, effective: { from: "2022-01-01", to: null } });
    expect(await refusedBy(insert({ content: early, from: "2022-01-01" }))).toBe("schemes_order");
    const moved = JSON.stringify({ ...scheme, line: "other" });
    expect(await refusedBy(insert({ content: moved }))).toBe("schemes_line");
    const run = (text: string, actor: StaffActor) =>
      withActor(portal.db, actor, (tx) => tx.execute(sql.raw(text)));
    const one = await bring(changed("9", "2027-01-01"));
    expect(
      await refusedBy(run(`update scheme_proposals set reason = '改' where outcome is not null`, first)),
    ).toBe("scheme_proposals_history");
    expect(await refusedBy(run(`select put_scheme_in_force('${one.proposalId}', now())`, second))).toBe(
      "schemes_by_two",
    );
    await request(one);
    expect(
      await refusedBy(
        run(
          `update scheme_proposals set outcome = 'agreed', decided_by = '${first.id}', decided_at = now()
           where id = '${one.proposalId}'`,
          first,
        ),
      ),
    ).toBe("scheme_proposals_two_ck");
    expect(await refusedBy(test.owner.query("delete from scheme_proposals"))).toBe(
      "scheme_proposals_history",
    );
    expect(await refusedBy(test.owner.query("update schemes set sha256 = sha256"))).not.toBe("accepted");
  });
});
