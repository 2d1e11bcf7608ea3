import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { findings } from "~db/schema/findings";
import { refusal } from "~server/ledger/refusals.server";
import { LATEST_EDITION, type RewardCase } from "./case";
import type { GivenAnswer, Judged } from "./judge-answers";

/** How the preparer sees one informant. The order of arrival is the portal's record and cannot be chosen. */
export type InformantChoice = {
  readonly tipId: string;
  readonly kind: "named" | "anonymous" | "insider";
  readonly weight?: string;
  readonly joint?: boolean;
  /** By question (listQuestions); an answer that excludes leaves the share "0". */
  readonly answers: Readonly<Record<string, GivenAnswer>>;
};

/** How shares come about: alike, as the informants agreed (联名), or by what each contributed. */
export const SPLITS = ["equal", "agreed", "contribution"] as const;
export type SplitBy = (typeof SPLITS)[number];

export type CaseChoices = {
  readonly grade: number | null;
  /** The grade's criteria that are met, by their place (listCriteria), and why. */
  readonly criteria?: readonly number[];
  readonly gradeReason?: string;
  /** Where the scheme leaves a range: a rate as a decimal string, or an amount in 分; and why that. */
  readonly chosen?: string;
  readonly chosenReason?: string;
  readonly caseClass?: string;
  readonly schemeStage?: string;
  readonly capLifted?: boolean;
  readonly approvalRef?: string;
  readonly splitBy?: SplitBy;
  readonly splitReason?: string;
  readonly informants: readonly InformantChoice[];
  /** Why everybody who asked earlier and is not listed gets nothing: one reason for all (未提供有用线索). */
  readonly passOverReason?: string;
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

/** Who is listed, in the order they came, and the day of the first who asked for a reward at all. */
export type Listed = {
  readonly informants: readonly (InformantChoice & {
    /** Place among all who asked, from 1. */
    readonly place: number;
    /** The place in the register of arrivals. */
    readonly arrivalNo: string;
    readonly withdrawn: boolean;
  })[];
  readonly firstArrivedOn: string;
  /** Who asked earlier than the last listed and is not listed; reports that were taken back do not count. */
  readonly passedOver: number;
};

/** As many informants as one computation lists one by one. */
export const MOST_LISTED = 500;

/**
 * Puts the listed informants in the order of arrival, which is the portal's record and cannot be chosen, and counts who
 * was passed over. Throws `informant_unknown` (another lead's, or no reward asked), `informant_kind`.
 */
export async function readListed(
  tx: Tx,
  leadId: string,
  chosen: readonly InformantChoice[],
): Promise<Listed> {
  const ids = chosen.map((each) => each.tipId);
  if (ids.length === 0 || ids.length > MOST_LISTED || new Set(ids).size !== ids.length)
    throw refusal("informant_unknown");
  const { rows } = await tx.execute<AskerRow>(sql`
    with askers as (
      select t.id, t.mode, t.arrived_on, t.arrival_no, coalesce(t.receipt_closed_why = 'withdrawn', false) as withdrawn,
        row_number() over (order by t.arrival_no) as place
      from tips t where t.lead_id = ${leadId} and t.wants_reward
    )
    select a.id, a.mode, a.place::int as place, a.arrival_no::text as "arrivalNo", a.withdrawn,
      (select first.arrived_on::text from askers first where first.place = 1) as "firstArrivedOn",
      (select count(*)::int from askers e where not e.withdrawn and e.id <> all (${sql.param(ids)}::uuid[])
         and e.arrival_no < (select max(l.arrival_no) from askers l where l.id = any (${sql.param(ids)}::uuid[]))) as earlier
    from askers a where a.id = any (${sql.param(ids)}::uuid[]) order by a.arrival_no`);
  const [first] = rows;
  if (first === undefined || rows.length !== ids.length) throw refusal("informant_unknown");
  const informants = rows.map((row) => {
    const choice = chosen.find((each) => each.tipId === row.id);
    if (choice === undefined) throw refusal("informant_unknown");
    if (choice.kind === "named" && row.mode !== "named") throw refusal("informant_kind");
    return { ...choice, place: row.place, arrivalNo: row.arrivalNo, withdrawn: row.withdrawn };
  });
  return { informants, firstArrivedOn: first.firstArrivedOn, passedOver: first.earlier };
}

type AskerRow = {
  id: string;
  mode: string;
  place: number;
  arrivalNo: string;
  withdrawn: boolean;
  firstArrivedOn: string;
  earlier: number;
};

/** The stored case: the finding's amounts, the preparer's choices, and the informants in the order they came. */
export function buildCase(
  finding: Finding,
  choices: CaseChoices,
  listed: Listed,
  judged: Judged,
): RewardCase {
  const informants = listed.informants.map((one, order) => {
    const excluded = judged.excluded.get(one.tipId);
    return {
      ...{ id: one.tipId, kind: one.kind, order },
      ...(one.weight === undefined ? {} : { weight: one.weight }),
      ...(one.joint === undefined ? {} : { joint: one.joint }),
      ...(excluded === undefined ? {} : { excluded }),
    };
  });
  return {
    edition: LATEST_EDITION,
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
}

/**
 * The finding's amounts under the schemes' names. For an illegal fundraiser the business amount is the amount raised
 * (集资金额, 国务院令第737号 art. 30), so a scheme that asks for the latter reads the former where none is stated.
 */
function basesOf(finding: Finding): RewardCase["bases"] {
  const text = (fen: bigint | null) => fen?.toString() ?? null;
  return {
    illegalAmount: text(finding.illegalAmountFen),
    fundraising: text(finding.fundraisingFen ?? finding.illegalAmountFen),
    goods: text(finding.goodsFen),
    penalty: text(finding.penaltyFen),
    recovered: text(finding.recoveredFen),
    ordered: text(finding.orderedFen),
    collected: text(finding.collectedFen),
  };
}
