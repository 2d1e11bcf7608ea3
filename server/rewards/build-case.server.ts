import { and, asc, eq, inArray } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { findings } from "~db/schema/findings";
import { tips } from "~db/schema/intake";
import { refusal } from "~server/ledger/refusals.server";
import type { RewardCase } from "./case";

/** How the preparer sees one informant. The order of arrival is the portal's record and cannot be chosen. */
export type InformantChoice = {
  readonly tipId: string;
  readonly kind: "named" | "anonymous" | "insider";
  readonly weight?: string;
  readonly joint?: boolean;
  /** One of the scheme's exclusions, by id; the share is then "0". */
  readonly excluded?: string;
};

export type CaseChoices = {
  readonly grade: number | null;
  /** Where the scheme leaves a range: a rate as a decimal string, or an amount in 分. */
  readonly chosen?: string;
  readonly caseClass?: string;
  readonly schemeStage?: string;
  readonly capLifted?: boolean;
  readonly approvalRef?: string;
  readonly informants: readonly InformantChoice[];
};

export type Finding = typeof findings.$inferSelect;

/** The verified, final finding a reward rests on. Throws `finding_missing`, `finding_not_final`. */
export async function readFinding(tx: Tx, leadId: string): Promise<Finding> {
  const [finding] = await tx
    .select()
    .from(findings)
    .where(and(eq(findings.leadId, leadId), eq(findings.status, "verified")));
  if (finding === undefined) throw refusal("finding_missing");
  if (!finding.isFinal) throw refusal("finding_not_final");
  return finding;
}

/**
 * Builds the stored case: the finding's amounts, the preparer's choices, and the informants in the order they came.
 * The first who asked for a reward is always listed, paid or excluded with the reason, so that nobody is passed over
 * unseen. `firstArrivedOn` is the day that decides which scheme version applies. Throws `informant_unknown`,
 * `informant_kind`, `first_informant_missing`.
 */
export async function buildCase(
  tx: Tx,
  finding: Finding,
  choices: CaseChoices,
): Promise<{ rewardCase: RewardCase; firstArrivedOn: string }> {
  const ids = choices.informants.map((each) => each.tipId);
  if (ids.length === 0 || ids.length > 500 || new Set(ids).size !== ids.length)
    throw refusal("informant_unknown");
  const known = await tx
    .select({ id: tips.id, mode: tips.mode, arrivedOn: tips.arrivedOn, arrivalNo: tips.arrivalNo })
    .from(tips)
    .where(and(inArray(tips.id, ids), eq(tips.leadId, finding.leadId), eq(tips.wantsReward, true)))
    .orderBy(asc(tips.arrivalNo));
  const [earliest] = known;
  if (earliest === undefined || known.length !== ids.length) throw refusal("informant_unknown");
  const [first] = await tx
    .select({ id: tips.id })
    .from(tips)
    .where(and(eq(tips.leadId, finding.leadId), eq(tips.wantsReward, true)))
    .orderBy(asc(tips.arrivalNo))
    .limit(1);
  if (first?.id !== earliest.id) throw refusal("first_informant_missing");
  const informants = known.map((tip, order) => {
    const choice = choices.informants.find((each) => each.tipId === tip.id);
    if (choice === undefined) throw refusal("informant_unknown");
    if (choice.kind === "named" && tip.mode !== "named") throw refusal("informant_kind");
    return {
      id: tip.id,
      kind: choice.kind,
      order,
      ...(choice.weight === undefined ? {} : { weight: choice.weight }),
      ...(choice.joint === undefined ? {} : { joint: choice.joint }),
      ...(choice.excluded === undefined ? {} : { excluded: choice.excluded }),
    };
  });
  const rewardCase: RewardCase = {
    grade: choices.grade,
    bases: basesOf(finding),
    informants,
    final: finding.isFinal,
    ...(choices.schemeStage === undefined ? {} : { stage: choices.schemeStage }),
    ...(choices.caseClass === undefined ? {} : { caseClass: choices.caseClass }),
    ...(choices.chosen === undefined ? {} : { chosen: choices.chosen }),
    ...(choices.capLifted === true ? { capLifted: true } : {}),
    ...(choices.approvalRef === undefined ? {} : { approvalRef: choices.approvalRef }),
  };
  return { rewardCase, firstArrivedOn: earliest.arrivedOn };
}

/**
 * The finding's amounts under the schemes' names. For an illegal fundraiser the business amount is the amount raised
 * (集资金额, 国务院令第737号 art. 30), so schemes that ask for either read the same fact.
 */
function basesOf(finding: Finding): RewardCase["bases"] {
  const text = (fen: bigint | null) => fen?.toString() ?? null;
  return {
    illegalAmount: text(finding.illegalAmountFen),
    fundraising: text(finding.illegalAmountFen),
    penalty: text(finding.penaltyFen),
    collected: text(finding.collectedFen),
  };
}
