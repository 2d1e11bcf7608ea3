import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { RawAnswers } from "~/forms/report";
import { dossiers, leadAgencies, leadSectors, leads } from "~db/schema/leads";
import { tips } from "~db/schema/intake";
import { staff, staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import type { Portal } from "~server/portal.server";
import { createReceipt } from "~server/secrecy/receipt";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import type { Role } from "~server/staff-auth/roles";
import type { Stage } from "~server/triage/stages";
import { reportAnswers } from "./report-answers";

/** A person of a body of the jinhua pack, by passkey unless told otherwise. */
export async function makePerson(
  portal: Portal,
  agency: string,
  roles: readonly Role[],
  options: { name?: string; method?: StaffActor["method"] } = {},
): Promise<StaffActor> {
  const id = uuidv7();
  const displayName = options.name ?? "测试人员";
  const agencyId = `jinhua.${agency}`;
  await portal.db.orm.insert(staff).values({ id, displayName, agencyId });
  for (const role of roles) {
    await portal.db.orm.insert(staffRoles).values({ id: uuidv7(), staffId: id, role });
  }
  const method = options.method ?? "passkey";
  return { kind: "staff", id, displayName, agencyId, agencyName: agency, roles: [...roles], method };
}

/** A report sent by the way every report goes; tells its tip and the lead it was placed on. */
export async function sendReport(
  portal: Portal,
  over: RawAnswers = {},
): Promise<{ tipId: string; leadId: string }> {
  const receipt = createReceipt();
  await saveDraft(portal.db, { receipt, raw: reportAnswers(over), at: portal.clock.now() });
  const { tipId } = await submitTip(portal, { receipt, language: "zh-CN" });
  const [tip] = await withActor(portal.db, systemActor("test"), (tx) =>
    tx.select({ leadId: tips.leadId }).from(tips).where(eq(tips.id, tipId)),
  );
  return { tipId, leadId: tip?.leadId ?? "" };
}

/** A lead put straight into a stage, held by the bodies given; without tips. */
export async function leadAt(
  portal: Portal,
  stage: Stage,
  holders: readonly { agency: string; relation: "lead" | "co_lead" | "cooperating" | "also" }[] = [],
): Promise<string> {
  const { orm } = portal.db;
  const [dossierId, id] = [uuidv7(), uuidv7()];
  await orm
    .insert(dossiers)
    .values({ id: dossierId, packId: "jinhua", name: "某某理财", openedOn: "2026-11-01" });
  const ended =
    stage === "closed"
      ? { closureCode: "substantiated", closedAt: portal.clock.now() }
      : stage === "rejected"
        ? { closureCode: "rejected", closedAt: portal.clock.now() }
        : {};
  await orm
    .insert(leads)
    .values({ id, packId: "jinhua", dossierId, name: "某某理财", stage, openedOn: "2026-11-01", ...ended });
  await orm
    .insert(leadSectors)
    .values({ id: uuidv7(), leadId: id, sector: "p2p", isPrimary: true, fromOn: "2026-11-01" });
  for (const { agency, relation } of holders) {
    await orm
      .insert(leadAgencies)
      .values({ id: uuidv7(), leadId: id, agencyId: `jinhua.${agency}`, relation });
  }
  return id;
}

/** Stage, version and ending of a lead as stored. */
export async function leadRow(
  portal: Portal,
  id: string,
): Promise<{ stage: string; version: number; closureCode: string | null; isMajor: boolean }> {
  const { rows } = await portal.db.pool.query<{
    stage: string;
    version: number;
    closureCode: string | null;
    isMajor: boolean;
  }>(`select stage, version, closure_code as "closureCode", is_major as "isMajor" from leads where id = $1`, [
    id,
  ]);
  if (rows[0] === undefined) throw new Error("no such lead");
  return rows[0];
}

/** How often an action was recorded on a lead. */
export async function eventCount(portal: Portal, leadId: string, action: string): Promise<number> {
  const { rows } = await portal.db.pool.query<{ n: number }>(
    "select count(*)::int as n from events where lead_id = $1 and action = $2",
    [leadId, action],
  );
  return rows[0]?.n ?? 0;
}
