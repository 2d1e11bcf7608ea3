import { beforeAll, describe, expect, it } from "vitest";
import { listPayments } from "~server/ledger/list-payments.server";
import { agreeNotSent, markUnknown, sayNotSent } from "~server/payouts/decide-line.server";
import { listBatches } from "~server/payouts/list-batches.server";
import { CLOCK, TODAY } from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { freeze, linesOf, makePayable, makePayoutDesk, send, type PayoutDesk } from "./payout-desk";

const test = testDatabase();
let desk: PayoutDesk;

beforeAll(async () => {
  desk = await makePayoutDesk(test.db);
}, 120_000);

describe("a line of unknown outcome", () => {
  it("is told as one beside its award and on the list of batches, until two said that it did not go out", async () => {
    const awards = [await makePayable(desk), await makePayable(desk), await makePayable(desk)];
    const sent = await send(desk, awards.slice(0, 2));
    const frozen = await freeze(desk, awards.slice(2));
    const [line] = await linesOf(test.db, sent);
    const lineId = line?.id ?? "";
    const told = async () => {
      const asked = { state: "posted" as const, page: 1, today: TODAY };
      const payments = await listPayments(test.db, asked, desk.cashier.actor);
      return awards.map(({ awardId }) => {
        const row = payments.rows.find((each) => each.awardId === awardId);
        return [row?.inBatch, row?.unknown];
      });
    };
    const batches = async () => {
      const asked = { state: "sent" as const, page: 1 };
      const { rows, open } = await listBatches(test.db, asked, desk.cashier.actor);
      // Told whichever state is looked at.
      const other = await listBatches(test.db, { ...asked, state: "frozen" }, desk.cashier.actor);
      expect(other.open).toEqual(open);
      expect(other.rows.map(({ id, unknown }) => [id, unknown])).toEqual([[frozen, 0]]);
      return { rows: rows.map(({ unknown }) => unknown), open };
    };
    expect(await batches()).toEqual({ rows: [0], open: [] });
    await markUnknown(test.db, { lineId }, desk.cashier.actor, CLOCK);
    const at = awards.findIndex(({ awardId }) => awardId === line?.award_id);
    const wanted = awards.map((_award, index) => [true, index === at]);
    expect(await told()).toEqual(wanted);
    const number = line?.reference.slice(0, "PB2026-0001".length);
    expect(await batches()).toEqual({ rows: [1], open: [{ id: sent, number, unknown: 1 }] });
    await sayNotSent(test.db, { lineId, bankAnswer: "FK20260601-01" }, desk.approver.actor, CLOCK);
    await agreeNotSent(test.db, { lineId }, desk.reviewer.actor, CLOCK);
    expect((await told())[at]).toEqual([false, false]);
    expect(await batches()).toEqual({ rows: [0], open: [] });
  });
});
