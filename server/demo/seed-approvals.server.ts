import { and, eq, isNull } from "drizzle-orm";
import { v4 as uuidv4 } from "uuid";
import { awardObjections } from "~db/schema/assessments";
import { withActor } from "~db/with-actor.server";
import { addDays, chinaDay } from "~server/clock";
import { answerObjection } from "~server/rewards/answer-objection.server";
import { assessAward, type Assessment } from "~server/rewards/assess-award.server";
import { bringScheme } from "~server/rewards/bring-scheme.server";
import { holdAward } from "~server/rewards/hold-award.server";
import { issueDecision } from "~server/rewards/issue-decision.server";
import { requestLimit, settleLimit } from "~server/rewards/limit-approver.server";
import { loadScheme, parseScheme } from "~server/rewards/load-scheme.server";
import { acceptDeputy, nameDeputy } from "~server/rewards/name-deputy.server";
import type { Scheme } from "~server/rewards/scheme-grammar";
import { requestScheme } from "~server/rewards/settle-scheme.server";
import { stateObjection } from "~server/rewards/state-objection.server";
import { systemActor } from "~server/staff-auth/actor";
import { demoReceipt } from "./demo-receipts.server";
import type { Act, Scene } from "./play-act";
import { answersInFavour, assessorsWords, sign } from "./seed-rewards.server";

export const SCHEME = "jinhua-default";

/** A case's pool, split equally in weight between its reports; drafted, nothing signed. */
export function assessCase(
  scene: Scene,
  input: { leadId: string; budgetId: string; tipIds: readonly string[] },
): Promise<Assessment> {
  return assessAward(
    scene.portal.db,
    {
      ...{ leadId: input.leadId, stage: "final", replaces: null, schemeId: SCHEME, budgetId: input.budgetId },
      grade: 1,
      informants: input.tipIds.map((tipId) => ({
        ...{ tipId, kind: "anonymous" as const, weight: "1" },
        answers: answersInFavour(SCHEME),
      })),
      ...assessorsWords(),
    },
    scene.by("preparer-1"),
    scene.clock,
  );
}

const SIGNERS = { prepare: "preparer-1", review: "reviewer-1", approve: "approver-1" } as const;
const TURNS = ["prepare", "review", "approve"] as const;

/** Signs an award up to and with one of the three. */
export async function signTo(scene: Scene, awardId: string, last: keyof typeof SIGNERS): Promise<void> {
  for (const turn of TURNS.slice(0, TURNS.indexOf(last) + 1)) {
    await sign(scene.portal, awardId, turn, SIGNERS[turn], scene.cast, scene.clock);
  }
}

/**
 * The case at the signatures: one award waits for each of the three, one is held, one has an objection that waits for its
 * answer and one an objection that was answered; a deputy, a limit, and a scheme's version that waits for its second
 * administrator.
 */
export function playApprovals(of: {
  leadId: () => string;
  budgetId: string;
  tipId: (report: string) => string;
}): Act[] {
  const reports = ["r01", "r02", "r03", "r04", "r05", "r06"];
  let made: Assessment | null = null;
  const awardOf = (report: string): string => {
    const award = made?.awards.find(({ tipId }) => tipId === of.tipId(report));
    if (award === undefined) throw new Error(`the story gives ${report} no award`);
    return award.id;
  };
  return [
    {
      daysAgo: 11,
      play: async (scene) => {
        const tipIds = reports.map(of.tipId);
        made = await assessCase(scene, { leadId: of.leadId(), budgetId: of.budgetId, tipIds });
      },
    },
    {
      daysAgo: 10,
      play: async (scene) => {
        await signTo(scene, awardOf("r02"), "prepare");
        await signTo(scene, awardOf("r03"), "review");
        await signTo(scene, awardOf("r04"), "review");
        await signTo(scene, awardOf("r05"), "approve");
        await signTo(scene, awardOf("r06"), "approve");
      },
    },
    {
      daysAgo: 9,
      play: async (scene) => {
        const hold = { awardId: awardOf("r04"), reason: "承办单位来函补充说明参与情况，待核实后再签。" };
        await holdAward(scene.portal.db, hold, scene.by("approver-1"), scene.clock);
        await object(
          scene,
          awardOf("r06"),
          "r06",
          "share",
          "收款账户的变化是我逐月记下来的，请再看一看分配的比例。",
        );
      },
    },
    {
      daysAgo: 6,
      play: async (scene) => {
        const { portal, clock } = scene;
        await answer(scene, awardOf("r06"));
        await object(
          scene,
          awardOf("r05"),
          "r05",
          "grade",
          "我提供的合同是全套的，请说明为什么按现在的等级计算。",
        );
        await issueDecision({ ...portal, clock }, { awardId: awardOf("r06") }, scene.by("preparer-1"));
      },
    },
    { daysAgo: 2, play: playPowers },
    { daysAgo: 1, play: playSchemeVersion },
  ];
}

async function object(
  { portal, clock }: Scene,
  awardId: string,
  report: string,
  ground: "share" | "grade",
  text: string,
): Promise<void> {
  const receipt = demoReceipt(portal, report);
  await stateObjection({ db: portal.db, clock }, { receipt, awardId, ground, formId: uuidv4(), text });
}

async function answer({ portal, clock, by }: Scene, awardId: string): Promise<void> {
  const [open] = await withActor(portal.db, systemActor("demo-seed"), (tx) =>
    tx
      .select({ id: awardObjections.id })
      .from(awardObjections)
      .where(and(eq(awardObjections.awardId, awardId), isNull(awardObjections.outcome))),
  );
  const said = "已复核：六份举报对认定的作用相当，账户变化另有流水证明，维持原来的分配。";
  await answerObjection(portal.db, { objectionId: open?.id ?? "", answer: said }, by("reviewer-1"), clock);
}

/** Who signs for whom, and up to how much. */
async function playPowers({ portal, clock, by }: Scene): Promise<void> {
  const { db } = portal;
  const today = chinaDay(clock.now());
  const { delegationId } = await nameDeputy(
    db,
    {
      ...{ deputyId: by("approver-2").id, role: "finance_approver" },
      ...{ fromOn: today, untilOn: addDays(today, 21) },
    },
    by("approver-1"),
    clock,
  );
  await acceptDeputy(db, { delegationId }, by("approver-2"), clock);
  const wanted = { staffId: by("approver-2").id, limitFen: 5_000_000n };
  const { limitId } = await requestLimit(db, wanted, by("admin-1"), clock);
  await settleLimit(db, { limitId, outcome: "granted" }, by("admin-2"), clock);
}

/** The default with a higher limit from next year on, which a second administrator has yet to agree to. */
async function playSchemeVersion({ portal, clock, by }: Scene): Promise<void> {
  const at = clock.now();
  const scheme = structuredClone<Scheme>(loadScheme(SCHEME).scheme);
  const from = `${String(Number(chinaDay(at).slice(0, 4)) + 1)}-01-01`;
  Object.assign(scheme, { version: "2-demo", effective: { from, to: null } });
  const [cap] = scheme.caps;
  if (cap !== undefined) {
    cap.amount = "15000000";
    cap.title = { zh: "每起案件不超过15万元", en: "At most ¥150,000 a case" };
    cap.note = { zh: "每起案件的奖励金额最高15万元。", en: "The reward for one case is at most ¥150,000." };
  }
  const loaded = parseScheme(scheme, "demo");
  const { proposalId } = await bringScheme(portal.db, { ...loaded, at }, by("admin-1"));
  const reason = "演示：财政部门拟提高每案上限，自明年起施行。";
  await requestScheme(portal.db, { proposalId, sha256: loaded.sha256, at, reason }, by("admin-1"));
}
