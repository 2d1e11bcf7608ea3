import { expect, it } from "vitest";
import { chinaDay } from "~server/clock";
import { keepClocks } from "~server/jobs/keep-clocks.server";
import { bringPack, readPackText } from "~server/packs/bring-pack.server";
import { agreeToPack, requestPack } from "~server/packs/settle-pack.server";
import { countyPack } from "~tests/factories/changed-pack";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();

/** A portal of the city's plan, which warns from ten reports a day on, and of a county's, which does from six. */
async function openCounty(): Promise<TestPortal> {
  const portal = testPortal(test.db);
  await installTestPack(portal);
  const [first, second] = [
    await makePerson(portal, "leading-office", ["administrator"]),
    await makePerson(portal, "leading-office", ["administrator"]),
  ];
  const surge = { floor: 6, factor: 3, trailingDays: 7, setting: true };
  const loaded = readPackText(JSON.stringify({ ...countyPack(), limits: { surge } }), "county.json");
  const at = portal.clock.now();
  const { proposalId } = await bringPack(portal.db, { ...loaded, parentId: "jinhua", at }, first);
  const shown = { proposalId, sha256: loaded.sha256, at };
  await requestPack(portal.db, { ...shown, reason: "县里单独承办" }, first);
  await agreeToPack(portal.db, shown, second);
  return portal;
}

it("a jump in a place is judged by the plan nearest to it, whichever plan the leads are in and this server knows", async () => {
  const portal = await openCounty();
  const moreFrom = (leadId: string, place: string, count: number, salt = "") =>
    test.owner.query(
      `insert into tips (id, lookup_id, pack_id, pack_version, channel, language, mode, subject_kind, subject_name,
         sector, red_lines, wants_reward, arrived_on, lead_id, operating_at)
       select gen_random_uuid(), sha256(($1::text || $2 || $5 || n)::bytea), pack_id, pack_version, channel, language,
              mode, subject_kind, subject_name, sector, red_lines, wants_reward, $4::date, lead_id, $2
         from (select * from tips where lead_id = $1::text::uuid limit 1) t, generate_series(1, $3::int) n`,
      [leadId, place, count, chinaDay(portal.clock.now()), salt],
    );
  const places = async () => {
    await keepClocks(portal);
    const { rows } = await test.owner.query<{ place: string }>(
      "select place from alerts where kind = 'surge_place' order by 1",
    );
    return rows.map(({ place }) => place);
  };
  const { leadId } = await sendReport(portal, {
    territory: { registered: "330782", operating: "330782", occurred: "" },
  });
  // 110000 is in no plan held, and so the home plan's.
  for (const place of ["330702", "330782", "110000"]) await moreFrom(leadId, place, 7);
  expect(portal.packs.all()).toHaveLength(1);
  expect(await places()).toEqual(["330702"]);
  for (const place of ["330782", "110000"]) await moreFrom(leadId, place, 4, "more");
  expect(await places()).toEqual(["110000", "330702", "330782"]);
});
