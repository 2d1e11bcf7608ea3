import { beforeAll, describe, expect, it } from "vitest";
import { openBudgetSchema, receiveFundsSchema } from "~/forms/budget";
import { makeDesk, type Desk } from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";
import { accountsOf, post } from "./raw-posting";

const test = testDatabase();

let desk: Desk;
let of: (kind: string) => string;

beforeAll(async () => {
  desk = await makeDesk(test.db);
  of = await accountsOf(test.db.pool, desk.budgetId);
});

/** What refuses a posting with this key, written by plain SQL as the application. */
function refusal(key: string): Promise<string> {
  const entries = [[of("available"), of("appropriation"), 1n]] as const;
  return refusedBy(post(test.db.pool, { event: "budget.adjusted", fundId: desk.fundId, entries, key }));
}

describe("invariant 17: no journal row holds a name, an account number or an identity number", () => {
  it.each([
    "pay:6222020200001234567",
    "pay:张三",
    "pay:330702199001011234",
    "Pay Zhang San",
    "pay:6222-0202-0000-1234-567",
    "pay:139-1234-5678",
    "pay:1391234567:8",
    "pay:62220202-0000-1234-5678-901234567890",
    "pay:019a0000-0000-7000-8000-000000000000-13912345678",
    "pay:a.b",
  ])("the key %s is refused", async (key) => {
    expect(await refusal(key)).toBe("ledger_transactions_key_ck");
  });

  it.each([
    "pay:019a0000-0000-7000-8000-000000000001",
    "pay:019a0000-0000-7000-8000-000000000002:12",
    "pay:demo-opening",
  ])("the key %s is taken", async (key) => {
    expect(await refusal(key)).toBe("accepted");
  });

  it.each([
    ["6222 0202 0000 1234 567", "fund-a"],
    ["专项资金 139-1234-5678", "fund-b"],
    ["１３９１２３４５６７８ 专户", "fund-c"],
    ["专项资金", "f6222-0202-0000-1234-567"],
    ["专项资金", "fund-139-1234-5678"],
  ])("neither a fund's source nor its slug holds a number, however split: %s, %s", async (source, slug) => {
    const written = test.db.pool.query(
      "insert into funds (id, pack_id, agency_id, source, slug) select gen_random_uuid(), pack_id, agency_id, $1, $2 from funds limit 1",
      [source, slug],
    );
    expect(await refusedBy(written)).toBe("funds_plain_ck");
    expect(openBudgetSchema.safeParse({ source, slug, fiscalYear: "2026" }).success).toBe(false);
  });

  it("a fund of a plain name is opened", () => {
    const plain = {
      source: "2026年度市级举报奖励专项资金（财预〔2026〕12号）",
      slug: "reward-fund-2026",
      fiscalYear: "2026",
    };
    expect(openBudgetSchema.safeParse(plain).success).toBe(true);
  });

  it("a form's request key is a uuid or a plain word", () => {
    const form = { fundId: "019a0000-0000-7000-8000-000000000000", amount: "1", eventOn: "2026-06-01" };
    const fits = (requestKey: string) => receiveFundsSchema.safeParse({ ...form, requestKey }).success;
    expect(fits("11111111-1111-4111-8111-111111111111")).toBe(true);
    expect(fits("demo-opening")).toBe(true);
    expect(fits("6222-0202-0000-1234-567")).toBe(false);
  });
});
