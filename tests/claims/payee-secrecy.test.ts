import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { awardClaims, payeeDetails } from "~db/schema/claims";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import {
  readPayeesInParts,
  readPayeesToRelease,
  storePayeeReleases,
} from "~server/claims/payee-parts.server";
import { readOwnClaims } from "~server/claims/read-own-claims.server";
import { shredPayee } from "~server/claims/shred-payee.server";
import { loadScheme } from "~server/rewards/load-scheme.server";
import { toBase64url } from "~server/secrecy/format";
import type { OtherSide } from "~server/secrecy/identity-shares";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { openPayee, releasePayeeShare } from "~server/secrecy/payee-shares";
import { readLiveKeys } from "~server/secrecy/read-role-keys.server";
import { readPayeeKeys, sealPayee, storeSealedPayee } from "~server/secrecy/seal-payee.server";
import { systemActor } from "~server/staff-auth/actor";
import { makeAcceptedAward, makeDesk, type Desk, type TestAward } from "~tests/factories/make-award";
import { openKeys, rewrapBatch, rotateKey } from "~tests/factories/key-holders";
import { holdKeys } from "~tests/factories/office-keys";
import { reporterOf } from "~tests/factories/reporter-of";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";
import { CLOCK, TODAY } from "~tests/factories/make-award";

const test = testDatabase();
const SYSTEM = systemActor("test");
const DETAILS = {
  holder: "欧阳金丝雀",
  bank: "金丝雀银行",
  branch: "雀鸣支行",
  account: "6222020200112233445",
};
let portal: TestPortal;
let desk: Desk;
let approverKeys: OpenKeyring;
let cashierKeys: OpenKeyring;

beforeAll(async () => {
  portal = testPortal(test.db, CLOCK.now().toISOString());
  await installTestPack(portal);
  desk = await makeDesk(test.db);
  approverKeys = await holdKeys(portal, desk.approver.actor);
  cashierKeys = await holdKeys(portal, desk.cashier.actor);
  // For which batch, and when, a share may be released has tests of its own (payouts).
  await test.owner.query("alter table payee_releases disable trigger payee_releases_of_batch");
}, 120_000);

async function sealedFor(award: TestAward): Promise<void> {
  const keys = await withActor(test.db, SYSTEM, readPayeeKeys);
  const sealed = await sealPayee(award.awardId, DETAILS, keys);
  await withActor(test.db, await reporterOf(test.db, award.tipId), async (tx) => {
    await tx.insert(awardClaims).values({ awardId: award.awardId, toldOn: TODAY }).onConflictDoNothing();
    await tx.update(awardClaims).set({ way: "transfer", chosenOn: TODAY, claimant: "self" });
    await storeSealedPayee(tx, sealed, TODAY);
  });
}

async function cashiersKey(): Promise<OtherSide> {
  const live = (await withActor(test.db, SYSTEM, (tx) => readLiveKeys(tx, ["cashier"]))).get("cashier");
  if (live === undefined) throw new Error("cashiers have a key");
  return { roleKeyId: live.id, slot: live.slot, epoch: live.epoch, publicKey: toBase64url(live.publicKey) };
}

/** The whole way from the approver's browser to the cashier's. */
async function release(award: TestAward, batchId: string) {
  const { approver, cashier } = desk;
  const [mine] = await withActor(test.db, approver.actor, (tx) =>
    readPayeesToRelease(tx, { awardIds: [award.awardId] }),
  );
  if (mine === undefined) throw new Error("there is a record");
  const to = await cashiersKey();
  const share = await releasePayeeShare(
    mine,
    { batchId, personId: cashier.actor.id, to },
    approverKeys.roleKeys,
  );
  if (share === null) throw new Error("the share opens");
  await withActor(test.db, approver.actor, (tx) =>
    storePayeeReleases(tx, {
      batchId,
      personId: cashier.actor.id,
      roleKeyId: to.roleKeyId,
      shares: [{ payeeId: mine.payeeId, ...share }],
      releasedBy: approver.actor.id,
      at: CLOCK.now(),
    }),
  );
  const [parts] = await withActor(test.db, cashier.actor, (tx) =>
    readPayeesInParts(tx, { batchId, awardIds: [award.awardId] }),
  );
  if (parts === undefined) throw new Error("there are parts");
  return { mine, parts };
}

describe("where a transfer goes", () => {
  it("opens in the cashier's browser alone, after the approver's released their share", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    await sealedFor(award);
    const batchId = randomUUID();
    const before = await withActor(test.db, desk.cashier.actor, (tx) =>
      readPayeesInParts(tx, { batchId, awardIds: [award.awardId] }),
    );
    expect(before).toEqual([]);
    const { parts, mine } = await release(award, batchId);
    expect(await openPayee(parts, cashierKeys.roleKeys)).toEqual(DETAILS);
    // One share alone opens nothing, in whoever's browser.
    expect(await openPayee(parts, approverKeys.roleKeys)).toBeNull();
    expect(
      await openPayee(
        { ...parts, released: { ...parts.released, enc: mine.own.enc, body: mine.own.body } },
        cashierKeys.roleKeys,
      ),
    ).toBeNull();
    // Bound to its batch, its award and its person.
    for (const other of [
      { batchId: randomUUID() },
      { awardId: randomUUID() },
      { personId: randomUUID() },
      { payeeId: randomUUID() },
    ])
      expect(await openPayee({ ...parts, ...other }, cashierKeys.roleKeys)).toBeNull();
  });

  it("is read in parts by nobody the share was not released to", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    await sealedFor(award);
    const batchId = randomUUID();
    await release(award, batchId);
    for (const person of [desk.approver, desk.preparer, desk.reviewer]) {
      const seen = await withActor(test.db, person.actor, (tx) =>
        readPayeesInParts(tx, { batchId, awardIds: [award.awardId] }),
      );
      expect(seen).toEqual([]);
    }
  });

  it("goes with its shares when it is shredded; that there was one stays", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    await sealedFor(award);
    const { parts } = await release(award, randomUUID());
    await withActor(test.db, desk.cashier.actor, (tx) =>
      shredPayee(tx, award.awardId, { on: TODAY, why: "settled" }),
    );
    const left = await test.owner.query(
      `select d.body, d.shredded_on::text, (select count(*) from sealed_keys where owner_id = d.id)::int as shares,
              (select count(*) from payee_releases where payee_id = d.id)::int as released
         from payee_details d where d.id = $1`,
      [parts.payeeId],
    );
    expect(left.rows).toEqual([{ body: null, shredded_on: TODAY, shares: 0, released: 0 }]);
    expect(
      await refusedBy(
        test.owner.query(
          "update payee_details set shredded_on = null, shredded_why = null, body = $2 where id = $1",
          [parts.payeeId, Buffer.alloc(4124)],
        ),
      ),
    ).toBe("payee_details_history");
  });

  it("is asked for again where a transfer was chosen and the account is gone", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    const reporter = await reporterOf(test.db, award.tipId);
    const isGone = () =>
      withActor(test.db, reporter, async (tx) => {
        const [row] = await tx.select().from(awards).where(eq(awards.id, award.awardId));
        const { scheme } = loadScheme("jinhua-default");
        return row === undefined ? null : (await readOwnClaims(tx))(row, scheme.claim)?.accountGone;
      });
    expect(await isGone()).toBe(false);
    await sealedFor(award);
    expect(await isGone()).toBe(false);
    await withActor(test.db, desk.cashier.actor, (tx) =>
      shredPayee(tx, award.awardId, { on: TODAY, why: "settled" }),
    );
    expect(await isGone()).toBe(true);
    await withActor(test.db, reporter, async (tx) => {
      const sealed = await sealPayee(award.awardId, DETAILS, await readPayeeKeys(tx));
      await storeSealedPayee(tx, sealed, TODAY);
    });
    expect(await isGone()).toBe(false);
  });

  it("is sealed in two shares and never whole", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    await sealedFor(award);
    const [row] = await test.db.orm.select().from(payeeDetails).limit(1);
    const key = await cashiersKey();
    const whole = test.owner.query(
      `insert into sealed_keys (id, owner_table, owner_id, record, part, role_key_id, suite, enc, body)
       values (gen_random_uuid(), 'payee_details', $1, 'payee', 'whole', $2, 's', $3, $4)`,
      [row?.id, key.roleKeyId, Buffer.alloc(32), Buffer.alloc(48)],
    );
    expect(await refusedBy(whole)).toBe("sealed_keys_payee");
  });

  it("is carried to the new key when a role's key is replaced, a share the share it was, and then opens", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    await sealedFor(award);
    const released = await release(award, randomUUID());
    for (const [person, slot] of [
      [desk.approver.actor, "approver"],
      [desk.cashier.actor, "cashier"],
    ] as const) {
      await rotateKey(portal, person, slot);
      expect((await rewrapBatch(portal, person, slot)).left).toBe(0);
    }
    approverKeys = await openKeys(portal, desk.approver.actor);
    cashierKeys = await openKeys(portal, desk.cashier.actor);
    const { parts } = await release(award, randomUUID());
    expect([parts.own.epoch, parts.own.part]).toEqual([2, "b"]);
    expect(await openPayee(parts, cashierKeys.roleKeys)).toEqual(DETAILS);
    // What was released before is asked for again where it no longer opens; it never opens as anything else.
    const before = await openPayee(
      { ...released.parts, own: parts.own, body: parts.body },
      cashierKeys.roleKeys,
    );
    expect([null, DETAILS]).toContainEqual(before);
  });
});
