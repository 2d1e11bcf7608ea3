import { describe, expect, it } from "vitest";
import { offeredActs } from "~/components/staff/finance/offered-acts";
import type { RequestKind } from "~server/ledger/ledger-requests";

const award = (status: string, more: Partial<Parameters<typeof offeredActs>[0] & object> = {}) => ({
  ...{ status, amountFen: 5n, byHand: null, onLine: false, held: false },
  clawback: { orderedFen: 0n, settledFen: 0n },
  ...more,
});
const asked = (kind: RequestKind, outcome: string | null = null, state?: string) => ({
  ...{ asked: { kind }, outcome },
  order: state === undefined ? null : { state },
});

describe("the acts by two that are offered", () => {
  it("are those of the budgets where no award is named, whatever waits", () => {
    expect(offeredActs(null, [asked("adjust")])).toEqual({
      offered: ["adjust", "open", "close_month", "close_year"],
      waiting: [],
    });
  });

  it.each([
    ["before it is booked", award("accepted"), [], ["revoke"]],
    ["booked", award("posted"), [], ["pay", "revoke"]],
    ["booked, and on hold", award("posted", { held: true }), [], ["revoke"]],
    ["ordered to be paid", award("posted"), [asked("pay", "agreed", "stands")], ["end_order", "revoke"]],
    [
      "whose order is over",
      award("posted"),
      [asked("pay", "agreed", "over")],
      ["pay", "end_order", "revoke"],
    ],
    ["whose order was taken back", award("posted"), [asked("pay", "agreed", "ended")], ["pay", "revoke"]],
    ["on its way by a batch", award("posted", { onLine: true }), [], []],
    ["paid by a batch", award("paid"), [], ["clawback"]],
    ["paid by hand", award("paid", { byHand: {} }), [], ["bounce", "clawback"]],
    [
      "of which money is owed",
      award("paid", { clawback: { orderedFen: 2n, settledFen: 1n } }),
      [],
      ["clawback", "write_off"],
    ],
    [
      "ordered back whole, and still owed",
      award("paid", { byHand: {}, clawback: { orderedFen: 5n, settledFen: 1n } }),
      [],
      ["write_off"],
    ],
    ["that came back whole", award("paid", { clawback: { orderedFen: 5n, settledFen: 5n } }), [], []],
    ["that lapsed", award("lapsed"), [], []],
  ])("of an award %s", (_what, of, rows, offered) => {
    expect(offeredActs(of, rows)).toEqual({ offered, waiting: [] });
  });

  it("leave out what waits for the second person, and are offered again once that one has answered", () => {
    const of = award("paid", { byHand: {} });
    expect(offeredActs(of, [asked("bounce")])).toEqual({ offered: ["clawback"], waiting: ["bounce"] });
    expect(offeredActs(of, [asked("bounce", "refused")]).offered).toEqual(["bounce", "clawback"]);
  });
});
