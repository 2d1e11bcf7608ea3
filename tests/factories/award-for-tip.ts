import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { budgets } from "~db/schema/ledger";
import { passkeys } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { createSoftwarePasskey } from "~server/demo/software-passkey";
import { recordFinding } from "~server/findings/record-finding.server";
import { verifyFinding } from "~server/findings/verify-finding.server";
import type { Portal } from "~server/portal.server";
import { assessAward } from "~server/rewards/assess-award.server";
import { signApproval } from "~server/rewards/sign-approval.server";
import { signingAt } from "~server/rewards/signing.server";
import { startApproval } from "~server/rewards/start-approval.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { listDemoPeople } from "~server/staff-auth/list-demo-people.server";
import { loadStaffActor } from "~server/staff-auth/load-staff-actor.server";
import type { Role } from "~server/staff-auth/roles";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { moveLead } from "~server/triage/move-lead.server";
import type { Stage } from "~server/triage/stages";
import type { WindowWords } from "~server/windows/set-up-window.server";
import { answersOf } from "./make-award";

// A reward from a tip on, by the demonstration's own people and the acts they use. `portal.db` sees any table.

/** The demonstration's people, as they are once they signed in with a passkey. */
export async function demoStaff(db: Database): Promise<(role: Role, agencyId?: string) => StaffActor> {
  const listed = await listDemoPeople(db, { demoSignIn: true });
  const people = await withActor(db, systemActor("test"), async (tx) => {
    const found: (StaffActor | null)[] = [];
    for (const { id } of listed) found.push(await loadStaffActor(tx, id, "passkey"));
    return found.filter((one) => one !== null);
  });
  return (role, agencyId) => {
    const one = people.find(
      (each) => each.roles.includes(role) && (agencyId === undefined || each.agencyId === agencyId),
    );
    if (one === undefined) throw new Error(`the demonstration has no ${role}`);
    return one;
  };
}

/** The lead of a tip, routed, investigated and found: the finding is verified. */
export async function findLead(portal: Portal, leadId: string, decisionNumber: string): Promise<void> {
  const { db } = portal;
  const of = await demoStaff(db);
  const verifier = of("agency_verifier");
  const officer = of("agency_officer", verifier.agencyId);
  const at = portal.clock.now();
  const version = async () => {
    const { rows } = await db.pool.query<{ version: number }>("select version from leads where id = $1", [
      leadId,
    ]);
    return rows[0]?.version ?? 0;
  };
  const move = async (to: Stage, actor: StaffActor) =>
    moveLead(
      db,
      {
        ...{ leadId, to, version: await version(), note: "按程序办理", legalBasis: null },
        ...{ proposedBody: null, closureCode: null, at },
      },
      actor,
    );
  const triage = of("triage_officer");
  await move("triage", triage);
  const signs = { suspectedCrime: false, petition: false, nested: false };
  const route = { sector: "p2p", insteadLeadBy: officer.agencyId, reason: "就近办理", triage: signs };
  await dispatchLead(db, portal.pack, { leadId, version: await version(), ...route, at }, triage);
  await move("investigating", officer);
  const amounts = { illegalAmountFen: 4_236_000_000n, penaltyFen: null, illegalGainsFen: null };
  const decision = { collectedFen: null, decisionNumber, decidedOn: "2026-03-01", isFinal: true };
  const finding = { leadId, entityClass: "ban" as const, ...amounts, ...decision, at };
  const { findingId } = await recordFinding(db, finding, officer);
  await verifyFinding(db, { findingId, outcome: "verified", reason: null, at }, verifier);
}

export type DemoAward = { readonly awardId: string; readonly tipId: string; readonly amountFen: bigint };

/** Equal awards for some tips of a lead with a verified finding, each signed by three and approved. */
export async function approveAwards(
  portal: Portal,
  input: {
    readonly leadId: string;
    readonly tipIds: readonly string[];
    readonly kind: "anonymous" | "named";
  },
): Promise<{ readonly awards: readonly DemoAward[]; readonly fundId: string }> {
  const { db, clock } = portal;
  const of = await demoStaff(db);
  const [budget] = await withActor(db, systemActor("test"), (tx) => tx.select().from(budgets).limit(1));
  if (budget === undefined) throw new Error("the demonstration has a budget");
  const { leadId, tipIds, kind } = input;
  const several = tipIds.length > 1;
  const done = await assessAward(
    db,
    {
      ...{ leadId, stage: "final", replaces: null, schemeId: "jinhua-default", budgetId: budget.id },
      ...{ grade: 1, criteria: [0, 1, 2, 3, 4], gradeReason: "材料与查证结果一致" },
      ...(several ? { splitBy: "contribution" as const, splitReason: "各自提供的线索作用相同" } : {}),
      informants: tipIds.map((tipId) => ({
        ...{ tipId, kind, answers: answersOf("jinhua-default") },
        ...(several ? { weight: "1" } : {}),
      })),
    },
    of("finance_preparer"),
    clock,
  );
  const signing = signingAt(portal.env.staffOrigin, clock);
  for (const [role, action] of [
    ["finance_preparer", "prepare"],
    ["finance_reviewer", "review"],
    ["finance_approver", "approve"],
  ] as const) {
    const actor = of(role);
    const key = createSoftwarePasskey();
    const id = uuidv7();
    await withActor(db, systemActor("test"), (tx) =>
      tx
        .insert(passkeys)
        .values({ id, staffId: actor.id, credentialId: key.credentialId, publicKey: key.publicKey }),
    );
    for (const { id: awardId } of done.awards) {
      const { challengeId, options } = await startApproval(db, { awardId, action }, actor, signing);
      const { rpId, origin } = signing;
      const response = key.assert({ challenge: options.challenge, rpId, origin });
      await signApproval(db, { challengeId, response }, actor, signing);
    }
    await withActor(db, systemActor("test"), (tx) =>
      tx.update(passkeys).set({ revokedAt: clock.now() }).where(eq(passkeys.id, id)),
    );
  }
  const awards = done.awards.map(({ id, tipId, amountFen }) => ({ awardId: id, tipId, amountFen }));
  return { awards, fundId: budget.fundId };
}

/** What a window of the demonstration's fund is called and where it is. */
export function windowOf(fundId: string): WindowWords {
  return {
    ...{ fundId, code: "CS", nameZh: "市政务服务中心领奖窗口", nameEn: "Reward window, service centre" },
    ...{ addressZh: "双龙南街801号一楼东侧", addressEn: "801 Shuanglong South Street, ground floor" },
    ...{ hoursZh: "工作日 9:00 至 17:00", hoursEn: "Working days, 9:00 to 17:00" },
  };
}
