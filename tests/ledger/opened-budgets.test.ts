import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { agreeToRequest } from "~server/ledger/answer-request.server";
import { askRequest } from "~server/ledger/ask-request.server";
import type { Asked } from "~server/ledger/ledger-requests";
import { refusalSentence } from "~server/ledger/refusals.server";
import { digestOf } from "~tests/factories/by-two";
import { CLOCK, TODAY, makeDesk, type Desk } from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";

const test = testDatabase();
const why = "经查证须如此办理";
let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk(test.db);
});

describe("opening a budget", () => {
  it("under another fund's slug is refused when it is asked for, and when somebody was faster", async () => {
    const slug = `two-${randomUUID().slice(0, 6)}`;
    const opening = (source: string, more = {}): Asked => ({
      ...{ kind: "open", source, slug, fiscalYear: 2026, amountFen: 1_000n, eventOn: TODAY },
      ...more,
    });
    const ask = async (asked: Asked) => {
      const id = randomUUID();
      await askRequest(test.db, { ...asked, id, reason: why }, desk.preparer.actor, CLOCK);
      return { requestId: id, digest: await digestOf(test.db, id) };
    };
    const agree = (said: { requestId: string; digest: string }) =>
      refusalOf(agreeToRequest(test.db, said, desk.approver.actor, CLOCK));
    const [first, second, third] = [
      await ask(opening(`${slug} 一`)),
      await ask(opening(`${slug} 二`)),
      await ask(opening(`${slug} 三`)),
    ];
    const raced = await Promise.all([agree(first), agree(second)]);
    expect(raced.toSorted()).toEqual(["accepted", "slug_taken"]);
    expect(await agree(third)).toBe("slug_taken");
    expect(refusalSentence("slug_taken")).toBe("这个代号已经有资金账户用了，请换一个。");
    // Asked for now, with what is there to be seen.
    expect(await refusalOf(ask(opening(`${slug} 四`)))).toBe("slug_taken");
    const opened = raced[0] === "accepted" ? "一" : "二";
    const other = opening(`${slug} ${opened}`, { slug: `${slug}-x` });
    expect(await refusalOf(ask(other))).toBe("slug_differs");
    expect(await refusalOf(ask(opening(`${slug} ${opened}`)))).toBe("open_taken");
    expect(await refusalOf(ask(opening(`${slug} ${opened}`, { fiscalYear: 2027 })))).toBe("accepted");
  });
});
