import { beforeAll, describe, expect, it } from "vitest";
import pg from "pg";
import { eq, inArray, sql } from "drizzle-orm";
import { action as check } from "~/routes/_public.report.check";
import { tips } from "~db/schema/intake";
import { fixedClock } from "~server/clock";
import { draftCookie } from "~server/intake/draft-cookie.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { weighSenders, type Sender } from "~server/intake/weigh-senders.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { createReceipt, type Receipt } from "~server/secrecy/receipt";
import { reportAnswers } from "~tests/factories/report-answers";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
});

const FLOODER = "203.0.113.77";
const OTHER = "198.51.100.4";

async function draft(name: string): Promise<Receipt> {
  const receipt = createReceipt();
  const raw = reportAnswers({ subject: { name } });
  await saveDraft(portal.db, { receipt, raw, at: portal.clock.now() });
  return receipt;
}

/** Sends a draft as a page without our form's work would, from one address. */
async function send(receipt: Receipt, sender: Sender): Promise<number> {
  const request = new Request("http://localhost/report/check", {
    method: "POST",
    headers: {
      Cookie: draftCookie(portal, receipt).split(";")[0] ?? "",
      "Content-Type": "application/x-www-form-urlencoded",
    },
    body: "intent=submit",
  });
  const answer = (await check({ request, params: {}, context: { portal, nonce: "", sender } })) as Response;
  return answer.status;
}

describe("a flood from one address", () => {
  it("is taken whole, each report apart in the queue, and asks no more work of anybody else", async () => {
    const at = weighSenders(fixedClock("2026-03-02T02:00:00Z"));
    // As much as a day's flood before these.
    for (let n = 0; n < 600; n += 1) at(FLOODER).count();
    const receipts = await Promise.all(Array.from({ length: 25 }, () => draft("刷量公司")));
    const statuses = await Promise.all(receipts.map((receipt) => send(receipt, at(FLOODER))));
    expect(new Set(statuses)).toEqual(new Set([302]));
    const taken = await test.db.orm
      .select({ spam: tips.spam, leadId: tips.leadId })
      .from(tips)
      .where(inArray(tips.lookupId, receipts.map(lookupIdOf)));
    expect(taken).toHaveLength(25);
    expect(taken.every(({ spam, leadId }) => spam === "suspected" && leadId === null)).toBe(true);
    expect([at(FLOODER).level(), at(FLOODER).floods()]).toEqual([3, true]);
    expect([at(OTHER).level(), at(OTHER).floods()]).toEqual([0, false]);
  });

  it("holds no lock that another's report waits for", async () => {
    const client = new pg.Client({ connectionString: test.applicationUrl });
    await client.connect();
    try {
      // The flooder's reports held as fast as any work on them could hold them.
      await client.query("begin");
      await client.query("select set_config('app.actor_kind', 'system', true)");
      const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
      await client.query("select id from tips where spam = 'suspected' for update");
      const receipt = await draft("别人的举报");
      const { outcome } = await submitTip(portal, { receipt, language: "zh-CN" });
      expect(outcome).toBe("created");
      const [tip] = await test.db.orm
        .select({ leadId: tips.leadId, spam: tips.spam })
        .from(tips)
        .where(eq(tips.lookupId, lookupIdOf(receipt)));
      expect(tip?.spam).toBeNull();
      expect(tip?.leadId).not.toBeNull();
      const waiting = await test.db.orm.execute<{ n: number }>(
        sql`select count(*)::int as n from pg_stat_activity where ${rows[0]?.pid ?? 0} = any(pg_blocking_pids(pid))`,
      );
      expect(waiting.rows[0]?.n).toBe(0);
    } finally {
      await client.end();
    }
  });
});
