import { beforeAll, describe, expect, it, vi } from "vitest";
import { DEFAULT_BANK_FORMAT, type BankFormat } from "~/forms/bank-format";
import { mayExecuteOn } from "~/forms/execute-day";
import { sendSchema } from "~/forms/payout";
import { makeBankFile } from "~/staff-client/bank/make-file";
import { bringFormat } from "~server/bank-formats/bring-format.server";
import { agreeToFormat, requestFormat } from "~server/bank-formats/settle-format.server";
import { addDays, fixedClock } from "~server/clock";
import { recordFile, sendBatch } from "~server/payouts/move-batch.server";
import { readBatch } from "~server/payouts/read-batch.server";
import { readPayees } from "~server/payouts/read-payees.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { addAdministrator } from "~tests/factories/make-staff";
import { CLOCK, TODAY } from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { freeze, makePayable, makePayoutDesk, release, type PayoutDesk } from "./payout-desk";

const test = testDatabase();
let desk: PayoutDesk;

beforeAll(async () => {
  desk = await makePayoutDesk(test.db);
}, 120_000);

const open = (batchId: string, executeOn = TODAY, exampleAccount = true) =>
  readPayees(test.db, { batchId, executeOn, exampleAccount }, desk.cashier.actor, CLOCK);
const payerOf = async (batchId: string) =>
  (await readBatch(test.db, batchId, desk.cashier.actor)).examplePayer;
const newBatch = async () => freeze(desk, [await makePayable(desk)]);

/** Two administrators agree to a format. */
async function agreeTo(format: BankFormat, people: readonly [StaffActor, StaffActor]): Promise<void> {
  const at = CLOCK.now();
  const { proposalId } = await bringFormat(test.db, { format, at }, people[0]);
  const { rows } = await test.owner.query<{ sha256: string }>(
    "select sha256 from format_proposals where id = $1",
    [proposalId],
  );
  const shown = { proposalId, sha256: rows[0]?.sha256 ?? "", at };
  await requestFormat(test.db, { ...shown, reason: "本单位的账户" }, people[0]);
  await agreeToFormat(test.db, shown, people[1]);
}

describe("the day a payment file asks the bank for", () => {
  const wrong = [addDays(TODAY, -1), addDays(TODAY, 91), "2999-01-01", "", "2026-6-1"];

  it("is from today to ninety days ahead", () => {
    for (const day of [TODAY, addDays(TODAY, 90)]) expect(mayExecuteOn(day, TODAY)).toBe(true);
    for (const day of wrong) expect(mayExecuteOn(day, TODAY)).toBe(false);
  });

  it("is looked at before a payee is asked for: another day makes no file in the browser", async () => {
    const fetch = vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("nothing is asked"));
    for (const executeOn of wrong) {
      const input = { batchId: "x", kind: "csv" as const, executeOn, today: TODAY };
      await expect(makeBankFile(input, desk.cashierKeys, () => undefined)).resolves.toEqual({ state: "day" });
    }
    expect(fetch).not.toHaveBeenCalled();
    fetch.mockRestore();
  });

  it("is looked at by the server's clock too, which hands no payee out for another", async () => {
    const batchId = await newBatch();
    await release(desk, batchId);
    for (const day of wrong) await expect(refusalOf(open(batchId, day))).resolves.toBe("execute_day");
    expect((await open(batchId, addDays(TODAY, 90))).lines).toHaveLength(1);
  });
});

describe("the shipped example's account", () => {
  it("is told before a file is made, and pays nothing but in a demonstration, in whatever format it stands", async () => {
    const people = [await addAdministrator(test.db), await addAdministrator(test.db)] as const;
    const { account } = DEFAULT_BANK_FORMAT.debtor;
    const shipped = await newBatch();
    expect(await payerOf(shipped)).toBe(account);
    await release(desk, shipped);
    await agreeTo({ ...DEFAULT_BANK_FORMAT, purpose: "另一种用途" }, people);
    const kept = await newBatch();
    await release(desk, kept);
    const waiting = await newBatch();
    for (const batchId of [shipped, kept]) {
      expect(await payerOf(batchId)).toBe(account);
      await expect(refusalOf(open(batchId, TODAY, false))).resolves.toBe("format_missing");
      expect((await open(batchId)).format.debtor.account).toBe(account);
    }
    expect(await payerOf(waiting)).toBe(account);

    const debtor = { ...DEFAULT_BANK_FORMAT.debtor, account: "3300-7788-01" };
    await agreeTo({ ...DEFAULT_BANK_FORMAT, debtor }, people);
    expect(await payerOf(waiting)).toBeNull();
  });
});

describe("of several files that were made", () => {
  const fileOf = async (batchId: string, sha256: string, at: string) => {
    const sumFen = 4_999_500n;
    const made = { batchId, kind: "csv" as const, sha256: sha256.repeat(32), lines: 1, sumFen };
    return (await recordFile(test.db, made, desk.cashier.actor, fixedClock(at))).fileId;
  };
  const sentOf = async (batchId: string) =>
    (await readBatch(test.db, batchId, desk.cashier.actor)).files.map(({ id, wasSent }) => [id, wasSent]);

  it("the cashier says which one the bank has, and the last one where none is named", async () => {
    const [named, unnamed, other] = [await newBatch(), await newBatch(), await newBatch()];
    const files: Record<string, [string, string]> = {};
    for (const batchId of [named, unnamed, other]) {
      await release(desk, batchId);
      files[batchId] = [
        await fileOf(batchId, "ab", "2026-06-01T04:00:00Z"),
        await fileOf(batchId, "cd", "2026-06-01T04:05:00Z"),
      ];
    }
    const [first = "", last = ""] = files[named] ?? [];
    const [foreign = ""] = files[other] ?? [];
    const send = (fileId?: string, batchId = named) =>
      sendBatch(test.db, { batchId, fileId }, desk.cashier.actor, CLOCK);
    await expect(refusalOf(send(foreign))).resolves.toBe("file_missing");
    expect(await sentOf(named)).toEqual([
      [last, false],
      [first, false],
    ]);
    await expect(send(first)).resolves.toEqual({ isNew: true });
    await expect(send(first)).resolves.toEqual({ isNew: false });
    // It was another one, whoever asks again.
    await expect(refusalOf(send(last))).resolves.toBe("batch_moved");
    expect(await sentOf(named)).toEqual([
      [last, false],
      [first, true],
    ]);
    await send(undefined, unnamed);
    expect((await sentOf(unnamed)).map(([, wasSent]) => wasSent)).toEqual([true, false]);
  });

  it("the form of the page takes none but one that is named", () => {
    expect(sendSchema.safeParse({}).success).toBe(false);
    expect(sendSchema.safeParse({ fileId: "the last" }).success).toBe(false);
  });
});
