import { beforeAll, describe, expect, test } from "vitest";
import * as penalty from "~/routes/_public.rewards_.penalty";
import * as rewards from "~/routes/_public.rewards";
import * as schemePage from "~/routes/_public.rewards_.$schemeId";
import type { Portal } from "~server/portal.server";
import { listShippedSchemeIds } from "~server/rewards/load-scheme.server";
import { testDatabase } from "~tests/setup/database";
import { answerOf, citizen, publicPortal } from "./public-portal";

const database = testDatabase();
let portal: Portal;

beforeAll(async () => {
  portal = await publicPortal(database.db);
});

type View = {
  calculator: { errors: unknown[]; result: { award: string; flags: string[]; steps: unknown[] } | null };
};
async function ask(query: Record<string, string>) {
  const path = `/rewards?${new URLSearchParams({ go: "1", ...query }).toString()}`;
  const answer = await answerOf(() => rewards.loader(citizen(portal).get(path)));
  return { status: answer.status, ...(answer.data as View).calculator };
}

describe("the public calculator", () => {
  test.each([
    [{ grade: "1", illegalAmount: "１亿元" }, "6000000"],
    [{ scheme: "qinghai-fundraising", grade: "1", fundraising: "9999万" }, "4999500"],
    [{ scheme: "samr-2021", grade: "2", penalty: "80,000" }, "300000"],
    [{ scheme: "acrc-2006", recovered: "₩40亿" }, "346000000"],
    [{ scheme: "sec-dodd-frank", ordered: "5 million", collected: "$3 million", chosen: "20%" }, "60000000"],
    [{ scheme: "sec-dodd-frank", ordered: "500万", collected: "300万", chosen: "0.2" }, "60000000"],
    [{ scheme: "tianjin-stage", stage: "filing", chosen: "5000元" }, "500000"],
    [{ scheme: "csrc-2026", penalty: "2000万", kind: "insider" }, "60000000"],
    [{ scheme: "shanghai-fixed", grade: "1", kind: "anonymous" }, "0"],
  ])("%o awards %s, as the command does", async (query, award) => {
    const { status, result } = await ask(query);
    expect(status).toBe(200);
    expect(result).toMatchObject({ award });
    expect(result?.steps).toHaveLength(8);
  });

  test.each([
    [{ illegalAmount: "1亿" }, [{ field: "grade", kind: "grade" }]],
    [{ grade: "1", illegalAmount: "很多" }, [{ field: "illegalAmount", kind: "amount" }]],
    [
      { grade: "3", illegalAmount: "1亿" },
      [{ field: "chosen", kind: "chosenAmount", range: { from: "10000", to: "50000", open: false } }],
    ],
    [
      { scheme: "sec-dodd-frank", ordered: "500万", collected: "300万", chosen: "31%" },
      [{ field: "chosen", kind: "chosenRate", range: { from: "10%", to: "30%", open: false } }],
    ],
    [{ scheme: "acrc-2006", recovered: "0.5" }, [{ field: "recovered", kind: "amount" }]],
    [{ scheme: "tianjin-stage" }, [{ field: "stage", kind: "stage" }]],
  ])("%o is answered 400 with what to mend", async (query, errors) => {
    const answer = await ask(query);
    expect(answer).toMatchObject({ status: 400, errors, result: null });
  });

  test("an unknown scheme is told, and the local one is offered", async () => {
    const answer = await answerOf(() => rewards.loader(citizen(portal).get("/rewards?scheme=nothing")));
    expect(answer.status).toBe(400);
    expect(answer.data).toMatchObject({ unknown: true, calculator: { schemeId: "jinhua-default" } });
    // What else is missing is told of the scheme that was meant, not of the one that is shown instead.
    expect(await ask({ scheme: "nothing" })).toMatchObject({ status: 400, errors: [], result: null });
  });

  test.each([
    ["jinhua-default", "amount"],
    ["tianjin-stage", "amount"],
    ["sec-dodd-frank", "rate"],
    ["food-drug-henan", "rate"],
    ["samr-2021", null],
  ])("asks of %s for what it leaves to whoever assesses: %s", async (scheme, ranges) => {
    const answer = await answerOf(() => rewards.loader(citizen(portal).get(`/rewards?scheme=${scheme}`)));
    expect(answer.data).toMatchObject({ calculator: { fields: { ranges } } });
  });
});

describe("a scheme's page", () => {
  test("is there for every stored scheme, its examples computed", async () => {
    for (const schemeId of listShippedSchemeIds()) {
      const args = { ...citizen(portal).get(`/rewards/${schemeId}`), params: { schemeId } };
      const answer = await answerOf(() => schemePage.loader(args));
      const { examples } = answer.data as { examples: { award: string }[] };
      expect(examples.length).toBeGreaterThan(0);
    }
    const args = { ...citizen(portal).get("/rewards/csrc-old"), params: { schemeId: "csrc-old" } };
    expect((await answerOf(() => schemePage.loader(args))).data).toMatchObject({ supersededBy: "csrc-2026" });
  });

  test("states the case of each example: who, which grade, which amounts, what was chosen", async () => {
    const statedOf = async (schemeId: string) => {
      const args = { ...citizen(portal).get(`/rewards/${schemeId}`), params: { schemeId } };
      const { data } = await answerOf(() => schemePage.loader(args));
      return (data as { examples: { stated: Record<string, unknown> }[] }).examples.map(
        ({ stated }) => stated,
      );
    };
    const [samr] = await statedOf("samr-2021");
    expect(samr).toMatchObject({
      ...{
        kind: "named",
        grade: { zh: "二级" },
        bases: [{ key: "penalty", amount: "8000000" }],
        chosen: null,
      },
    });
    expect((await statedOf("samr-2021"))[3]).toMatchObject({ bases: [], withoutBase: true });
    expect((await statedOf("shanghai-fixed"))[1]).toMatchObject({
      ...{ chosen: { amount: "300000" }, withoutBase: false },
    });
    expect((await statedOf("shanghai-fixed"))[2]).toMatchObject({ kind: "anonymous" });
    expect((await statedOf("sec-dodd-frank"))[0]).toMatchObject({ chosen: { percent: "20" } });
    expect((await statedOf("tianjin-stage"))[1]).toMatchObject({
      ...{ stage: { zh: expect.any(String) as string }, already: "600000" },
    });
    expect((await statedOf("csrc-2026"))[2]).toMatchObject({ caseClass: { zh: "全国影响重大" } });
  });

  test("is a 404 for any other id", async () => {
    const args = { ...citizen(portal).get("/rewards/x"), params: { schemeId: "x" } };
    expect(await answerOf(() => schemePage.loader(args))).toMatchObject({ status: 404 });
  });
});

test.each([
  [
    "go=fine&role=raiser&amount=1000万",
    { status: 200, data: { fine: { min: "200000000", max: "1000000000" } } },
  ],
  ["go=fine&role=assister&amount=1", { status: 200, data: { fine: { min: "100", max: "300" } } }],
  ["go=late&fine=200万&days=４０", { status: 200, data: { late: { fee: "200000000", capped: true } } }],
  [
    "go=late&fine=200万&days=x",
    { status: 400, data: { errors: [{ field: "days", kind: "days" }], late: null } },
  ],
  ["go=fine", { status: 400, data: { errors: [{ field: "amount", kind: "amount" }], fine: null } }],
  ["", { status: 200, data: { fine: null, late: null, errors: [] } }],
])("fines by address: %s", async (query, expected) => {
  const answer = await answerOf(() =>
    Promise.resolve(penalty.loader(citizen(portal).get(`/rewards/penalty?${query}`))),
  );
  expect({ status: answer.status, data: answer.data }).toMatchObject(expected);
});
