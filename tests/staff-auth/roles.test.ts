import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";

const test = testDatabase();

async function person(): Promise<string> {
  const id = uuidv7();
  await test.db.pool.query(
    "insert into agencies (id, pack_id, slug, name, name_en) values ('t.a', 't', 'a', '甲局', 'Agency A') on conflict do nothing",
  );
  await test.db.pool.query("insert into staff (id, display_name, agency_id) values ($1, '演示', 't.a')", [
    id,
  ]);
  return id;
}

function grant(staffId: string, role: string): Promise<unknown> {
  return test.db.pool.query("insert into staff_roles (id, staff_id, role) values ($1, $2, $3)", [
    uuidv7(),
    staffId,
    role,
  ]);
}

describe("role grants in the database", () => {
  it.each([
    "finance_preparer",
    "finance_reviewer",
    "finance_approver",
    "cashier",
    "window_clerk",
    "identity_custodian",
  ])("an administrator cannot hold %s, nor the reverse", async (role) => {
    const first = await person();
    await grant(first, "administrator");
    expect(await refusedBy(grant(first, role))).toBe("staff_roles_administrator_apart");
    const second = await person();
    await grant(second, role);
    expect(await refusedBy(grant(second, "administrator"))).toBe("staff_roles_administrator_apart");
  });

  it("two grants racing for one person cannot join administrator and finance", async () => {
    const id = await person();
    const results = await Promise.allSettled([grant(id, "administrator"), grant(id, "finance_approver")]);
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
  });

  it("a role is held once at a time and only ever ended", async () => {
    const id = await person();
    await grant(id, "auditor");
    expect(await refusedBy(grant(id, "auditor"))).toBe("staff_roles_live_uq");
    await test.db.pool.query("update staff_roles set revoked_at = now() where staff_id = $1", [id]);
    expect(
      await refusedBy(
        test.db.pool.query("update staff_roles set revoked_at = null where staff_id = $1", [id]),
      ),
    ).toBe("staff_roles_history");
    await grant(id, "auditor");
  });
});
