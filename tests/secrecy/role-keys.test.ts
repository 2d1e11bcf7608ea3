import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { prepareMake, prepareShare } from "~/staff-client/keys/prepare-acts";
import { openBundle } from "~server/secrecy/open-bundle";
import { createRoleKey } from "~server/secrecy/create-role-key.server";
import { listRoleKeys } from "~server/secrecy/list-role-keys.server";
import { readKeyring } from "~server/secrecy/read-keyring.server";
import { readSealed } from "~server/secrecy/read-sealed.server";
import { rotateRoleKey } from "~server/secrecy/rotate-role-key.server";
import { shareRoleKey } from "~server/secrecy/share-role-key.server";
import { toBase64url } from "~server/secrecy/format";
import { agencySlot } from "~server/secrecy/slots";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { reinstateStaff, suspendStaff } from "~server/staff-auth/suspend-staff.server";
import { revokeRole } from "~server/staff-auth/revoke-role.server";
import { withActor } from "~db/with-actor.server";
import {
  makeKey,
  makePersonalKey,
  openKeys,
  ownKeyOf,
  recoveryKeyOf,
  rotateKey,
  rotation,
  shareKey,
  slotOf,
} from "~tests/factories/key-holders";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { holdKeys } from "~tests/factories/office-keys";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
});

/** An officer of a body with a personal key; each test takes a body of its own. */
async function officer(agency: string, roles: StaffActor["roles"] = ["agency_officer"]): Promise<StaffActor> {
  const person = await makePerson(portal, agency, roles);
  await makePersonalKey(portal, person);
  return person;
}

const events = async (action: string, slot: string) => {
  const { rows } = await portal.db.pool.query<{ data: Record<string, unknown> }>(
    "select data from events where action = $1 and data->>'slot' = $2 order by seq",
    [action, slot],
  );
  return rows.map(({ data }) => data);
};

describe("making a slot's first key", () => {
  const slot = agencySlot("jinhua.police");

  it("lets a member make it, sealed to themselves and to the recovery key", async () => {
    const maker = await officer("police");
    await makeKey(portal, maker, slot);
    const view = await slotOf(portal, maker, slot);
    expect(view).toMatchObject({ held: true, key: { epoch: 1 }, stale: 0 });
    expect((await openKeys(portal, maker)).roleKeys.map((key) => key.slot)).toEqual([slot]);
    const { rows } = await portal.db.pool.query(
      "select 1 from key_grants where role_key_id = $1 and recovery_key_id is not null",
      [view.key?.id],
    );
    expect(rows).toHaveLength(1);
    expect(await events("keys.role_made", slot)).toEqual([{ slot, epoch: 1 }]);
  });

  it("is refused where the slot has a key, without naming who holds it", async () => {
    const late = await officer("police");
    expect(await refusalOf(makeKey(portal, late, slot))).toBe("slot_has_key");
  });

  it("is a 404 for anyone but a member", async () => {
    const stranger = await officer("market-regulation");
    expect(await refusalOf(makeKey(portal, stranger, slot))).toBe("not_found");
    const administrator = await officer("leading-office", ["administrator"]);
    expect(await refusalOf(makeKey(portal, administrator, agencySlot("jinhua.market-regulation")))).toBe(
      "not_found",
    );
    expect(await refusalOf(makeKey(portal, administrator, "recovery"))).toBe("not_found");
  });

  it("of two members who make one at once makes one", async () => {
    const [one, two] = [await officer("petition"), await officer("petition")];
    const racing = agencySlot(one.agencyId);
    const outcomes = await Promise.all([
      refusalOf(makeKey(portal, one, racing)),
      refusalOf(makeKey(portal, two, racing)),
    ]);
    expect(outcomes.toSorted()).toEqual(["accepted", "slot_has_key"]);
  });

  it("is refused with a grant for another person's key, another recovery key, or a point that is no key", async () => {
    const maker = await officer("court");
    const own = await ownKeyOf(portal, maker);
    const other = await ownKeyOf(portal, await officer("court"));
    const recovery = await recoveryKeyOf(portal, maker);
    const wanted = agencySlot(maker.agencyId);
    const at = portal.clock.now();
    const send = (act: Awaited<ReturnType<typeof prepareMake>>) =>
      refusalOf(createRoleKey(portal.db, { ...act, at }, maker));
    expect(await send(await prepareMake(wanted, other, recovery))).toBe("bad_grants");
    expect(await send(await prepareMake(wanted, own, { ...recovery, id: own.id }))).toBe("bad_grants");
    const good = await prepareMake(wanted, own, recovery);
    expect(await send({ ...good, publicKey: toBase64url(new Uint8Array(32)) })).toBe("bad_key");
    expect((await slotOf(portal, maker, wanted)).key).toBeNull();
    expect(await send(good)).toBe("accepted");
  });

  it("is refused to a member without a personal key", async () => {
    const keyless = await makePerson(portal, "procuratorate", ["agency_officer"]);
    const act = await prepareMake(
      agencySlot(keyless.agencyId),
      await ownKeyOf(portal, await officer("procuratorate")),
      await recoveryKeyOf(portal, keyless),
    );
    const at = portal.clock.now();
    expect(await refusalOf(createRoleKey(portal.db, { ...act, at }, keyless))).toBe("personal_key_missing");
  });
});

describe("handing a key on", () => {
  let holder: StaffActor;
  let slot: string;
  beforeAll(async () => {
    holder = await officer("construction");
    slot = agencySlot(holder.agencyId);
    await makeKey(portal, holder, slot);
  });

  it("gives a colleague what the holder has, and says so in the trail of the one who got it", async () => {
    const colleague = await officer("construction", ["agency_verifier"]);
    expect((await openKeys(portal, colleague)).roleKeys).toEqual([]);
    await shareKey(portal, holder, slot, colleague);
    const [mine] = (await openKeys(portal, holder)).roleKeys;
    const [theirs] = (await openKeys(portal, colleague)).roleKeys;
    expect([...(theirs?.privateKey ?? [])]).toEqual([...(mine?.privateKey ?? [1])]);
    const { rows } = await portal.db.pool.query(
      "select 1 from events where action = 'keys.granted' and subject_id = $1",
      [colleague.id],
    );
    expect(rows).toHaveLength(1);
    expect(await refusalOf(shareKey(portal, holder, slot, colleague))).toBe("already_granted");
  });

  it("is done once when two holders do it at once", async () => {
    const [second, third] = [await officer("construction"), await officer("construction")];
    await shareKey(portal, holder, slot, second);
    const outcomes = await Promise.all([
      refusalOf(shareKey(portal, holder, slot, third)),
      refusalOf(shareKey(portal, second, slot, third)),
    ]);
    expect(outcomes.toSorted()).toEqual(["accepted", "already_granted"]);
  });

  it("is refused to a person of another body, to one whose role was taken, and to a retired personal key", async () => {
    const stranger = await officer("commerce");
    const { key } = await slotOf(portal, holder, slot);
    const share = async (to: StaffActor) => {
      const act = await prepareShare(
        key?.id ?? "",
        await ownKeyOf(portal, to),
        await openKeys(portal, holder),
      );
      if (act === null) throw new Error("not held");
      return () => refusalOf(shareRoleKey(portal.db, { ...act, at: portal.clock.now() }, holder));
    };
    expect(await (await share(stranger))()).toBe("grantee_not_member");
    const leaving = await officer("construction");
    const prepared = await share(leaving);
    await portal.db.pool.query("update staff_roles set revoked_at = now() where staff_id = $1", [leaving.id]);
    expect(await prepared()).toBe("grantee_not_member");
    const renewing = await officer("construction");
    const toOldKey = await share(renewing);
    await portal.db.pool.query("update personal_keys set retired_at = now() where staff_id = $1", [
      renewing.id,
    ]);
    expect(await toOldKey()).toBe("grantee_key_changed");
  });

  it("is refused to a member who does not hold it, and a 404 for anyone who is no member", async () => {
    const { key } = await slotOf(portal, holder, slot);
    const to = await officer("construction");
    const act = await prepareShare(key?.id ?? "", await ownKeyOf(portal, to), await openKeys(portal, holder));
    if (act === null) throw new Error("not held");
    const at = portal.clock.now();
    const keyless = await officer("construction");
    expect(await refusalOf(shareRoleKey(portal.db, { ...act, at }, keyless))).toBe("key_not_held");
    const stranger = await officer("commerce");
    expect(await refusalOf(shareRoleKey(portal.db, { ...act, at }, stranger))).toBe("not_found");
    const noKey = { ...act, roleKeyId: act.personalKeyId, at };
    expect(await refusalOf(shareRoleKey(portal.db, noKey, holder))).toBe("not_found");
  });

  it("never puts a person on both sides of the identity vault, not even after they left one", async () => {
    const [a, b] = [
      await makePerson(portal, "leading-office", ["identity_custodian"]),
      await makePerson(portal, "stability", ["identity_custodian"]),
    ];
    await holdKeys(portal, a, ["custodian_a"]);
    await holdKeys(portal, b, ["custodian_b"]);
    expect(await refusalOf(shareKey(portal, b, "custodian_b", a))).toBe("other_vault_side");
    await portal.db.pool.query(
      "update key_grants set revoked_at = now() where personal_key_id in (select id from personal_keys where staff_id = $1)",
      [a.id],
    );
    expect(await refusalOf(shareKey(portal, b, "custodian_b", a))).toBe("other_vault_side");
    // Who has taken a side is shown that side alone; who has not may be given either.
    const listed = async (person: StaffActor) =>
      (await listRoleKeys(portal.db, person)).slots.map((view) => view.slot);
    expect(await listed(a)).toEqual(["custodian_a"]);
    const fresh = await officer("publicity", ["identity_custodian"]);
    expect(await listed(fresh)).toEqual(["custodian_a", "custodian_b"]);
    await shareKey(portal, b, "custodian_b", fresh);
    expect(await listed(fresh)).toEqual(["custodian_b"]);
  });
});

describe("replacing a key", () => {
  let holder: StaffActor;
  let slot: string;
  beforeEach(async () => {
    const agency = ["cyberspace", "development-reform", "legal-affairs", "economy-it"][turn++] ?? "";
    holder = await officer(agency);
    slot = agencySlot(holder.agencyId);
    await makeKey(portal, holder, slot);
  });
  let turn = 0;

  it("makes the next epoch for every member with a personal key, and retires the old one", async () => {
    const colleague = await officer(holder.agencyName);
    await makePerson(portal, holder.agencyName, ["agency_officer"], { name: "还没有个人密钥" });
    await rotateKey(portal, holder, slot);
    const view = await slotOf(portal, holder, slot);
    expect(view).toMatchObject({ held: true, key: { epoch: 2, rotationDueSince: null } });
    expect((await openKeys(portal, colleague)).roleKeys).toMatchObject([{ slot, epoch: 2 }]);
    expect((await openKeys(portal, holder)).roleKeys.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(await events("keys.rotated", slot)).toMatchObject([{ epoch: 2, members: 2 }]);
  });

  it("is refused when the members are others than the browser saw", async () => {
    const act = await rotation(portal, holder, slot);
    const late = await officer(holder.agencyName);
    const at = portal.clock.now();
    expect(await refusalOf(rotateRoleKey(portal.db, { ...act, at }, holder))).toBe("members_changed");
    const withLate = await rotation(portal, holder, slot);
    await suspendStaff(portal.db, { staffId: late.id, clock: portal.clock }, systemActor("test"));
    expect(await refusalOf(rotateRoleKey(portal.db, { ...withLate, at }, holder))).toBe("members_changed");
    const twice = { ...act, grants: [...act.grants, ...act.grants], at };
    expect(await refusalOf(rotateRoleKey(portal.db, twice, holder))).toBe("members_changed");
    expect(await refusalOf(rotateRoleKey(portal.db, { ...act, at }, holder))).toBe("accepted");
  });

  it("of two who replace it at once replaces it once", async () => {
    const colleague = await officer(holder.agencyName);
    await shareKey(portal, holder, slot, colleague);
    const acts = [await rotation(portal, holder, slot), await rotation(portal, colleague, slot)] as const;
    const at = portal.clock.now();
    const outcomes = await Promise.all([
      refusalOf(rotateRoleKey(portal.db, { ...acts[0], at }, holder)),
      refusalOf(rotateRoleKey(portal.db, { ...acts[1], at }, colleague)),
    ]);
    expect(outcomes.toSorted()).toEqual(["accepted", "key_changed"]);
    expect((await slotOf(portal, holder, slot)).key?.epoch).toBe(2);
  });

  it("races a suspension without ever leaving the new key with the one who left", async () => {
    const leaving = await officer(holder.agencyName);
    await shareKey(portal, holder, slot, leaving);
    const act = await rotation(portal, holder, slot);
    const outcomes = await Promise.all([
      refusalOf(rotateRoleKey(portal.db, { ...act, at: portal.clock.now() }, holder)),
      refusalOf(suspendStaff(portal.db, { staffId: leaving.id, clock: portal.clock }, systemActor("test"))),
    ]);
    expect(["accepted", "members_changed"]).toContain(outcomes[0]);
    expect(outcomes[1]).toBe("accepted");
    const { rows } = await portal.db.pool.query(
      `select 1 from key_grants g join personal_keys p on p.id = g.personal_key_id
        where p.staff_id = $1 and g.revoked_at is null`,
      [leaving.id],
    );
    expect(rows).toEqual([]);
  });
});

describe("a member who leaves", () => {
  it("is handed no key from then on, and the slot's key is due for replacement", async () => {
    const { tipId } = await sendReport(portal);
    const staying = await makePerson(portal, "leading-office", ["triage_officer"]);
    const leaving = await makePerson(portal, "leading-office", ["triage_officer"]);
    await holdKeys(portal, staying);
    const opened = await holdKeys(portal, leaving);
    const read = (actor: StaffActor) =>
      withActor(portal.db, actor, (tx) =>
        readSealed(tx, { tipIds: [tipId], fields: ["narrative"] }, actor),
      ).then((get) => get(tipId, "narrative"));
    const before = await read(leaving);
    if (before.state !== "sealed") throw new Error("the narrative is not there");
    expect(await openBundle(before, opened.roleKeys)).toMatchObject({ state: "open" });

    await revokeRole(
      portal.db,
      { staffId: leaving.id, role: "triage_officer", clock: portal.clock },
      systemActor("test"),
    );
    // Even a session that still believes in the role gets nothing.
    expect(await read(leaving)).toMatchObject({ state: "sealed", keys: [] });
    expect((await readKeyring(portal.db, leaving)).grants).toEqual([]);
    expect((await read(staying)).state === "sealed" && (await read(staying))).toMatchObject({
      keys: [{ slot: "triage" }],
    });
    expect((await slotOf(portal, staying, "triage")).key?.rotationDueSince).toEqual(portal.clock.now());
    expect(await events("keys.grant_revoked", "triage")).toEqual([{ slot: "triage", epochs: [1] }]);
    expect(await events("keys.rotation_due", "triage")).toHaveLength(1);
    await rotateKey(portal, staying, "triage");
    expect((await slotOf(portal, staying, "triage")).key?.rotationDueSince).toBeNull();
  });

  it("is handed nothing even where a grant was left live by another way", async () => {
    const person = await officer("finance", ["cashier"]);
    await portal.db.pool.query("update personal_keys set retired_at = now() where staff_id = $1", [
      person.id,
    ]);
    await holdKeys(portal, person, ["cashier"]);
    await portal.db.pool.query("update staff_roles set revoked_at = now() where staff_id = $1", [person.id]);
    expect((await readKeyring(portal.db, person)).grants).toEqual([]);
  });

  it("loses the keys when suspended, gets none back by being reinstated, and may be handed them anew", async () => {
    const [holder, away] = [await officer("insurance-association"), await officer("insurance-association")];
    const slot = agencySlot(holder.agencyId);
    await makeKey(portal, holder, slot);
    await shareKey(portal, holder, slot, away);
    const change = { staffId: away.id, clock: portal.clock };
    await suspendStaff(portal.db, change, systemActor("test"));
    expect((await readKeyring(portal.db, away)).grants).toEqual([]);
    await reinstateStaff(portal.db, change, systemActor("test"));
    expect((await openKeys(portal, away)).roleKeys).toEqual([]);
    await shareKey(portal, holder, slot, away);
    expect((await openKeys(portal, away)).roleKeys).toHaveLength(1);
  });

  it("keeps the keys of the roles they still have", async () => {
    const both = await makePerson(portal, "leading-office", ["notice_desk", "hotline_operator"]);
    await holdKeys(portal, both, ["notice_desk"]);
    await revokeRole(
      portal.db,
      { staffId: both.id, role: "hotline_operator", clock: portal.clock },
      systemActor("test"),
    );
    expect((await openKeys(portal, both)).roleKeys).toMatchObject([{ slot: "notice_desk" }]);
    expect(await events("keys.rotation_due", "notice_desk")).toEqual([]);
  });
});

describe("who sees which slots", () => {
  it("shows a member their own, an administrator and an auditor all without a thing to open", async () => {
    const clerk = await officer("finance", ["cashier"]);
    expect((await listRoleKeys(portal.db, clerk)).slots.map(({ slot }) => slot)).toEqual(["cashier"]);
    for (const role of ["administrator", "auditor"] as const) {
      const { slots } = await listRoleKeys(portal.db, await makePerson(portal, "finance", [role]));
      expect(slots.length).toBeGreaterThan(6);
      expect(slots.every(({ mine, requests, held }) => !mine && !held && requests.length === 0)).toBe(true);
      expect(slots.map(({ slot }) => slot)).not.toContain("recovery");
    }
  });
});
