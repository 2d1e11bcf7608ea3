import { DomainError } from "~server/errors.server";

/** Refusals of the assessment's questions, of objections and of decisions. */
const REFUSALS = {
  question_unknown: [400, "有一项回答不属于这个奖励办法，请刷新页面后重新填写。"],
  informant_withdrawn: [400, "举报人已经撤回的举报不能给予奖励，请不要列入。"],
  earlier_passed_over: [
    400,
    "列入的举报之前还有人申请奖励。请逐一列入，或者勾选成批处理，写明没有提供有用线索的理由。",
  ],
  criteria_unmet: [400, "所选等级的每一项标准都要符合并勾选，还要写明理由；不完全符合的，请选低一级。"],
  range_reason: [400, "在办法的幅度内选择了数额或者比例，请写明理由（5 至 500 字）。"],
  split_reason: [
    400,
    "不平均分配的，请给每位受奖人填写比例，并写明依据（约定或者各自的贡献，5 至 500 字）。",
  ],
  split_weights: [400, "平均分配的不填比例；要按比例分配，请选择“按约定”或者“按贡献”。"],
  again_reason: [400, "重新核算会代替上一次核算，请写明为什么重新核算（5 至 500 字）。"],
  reason_plain: [400, "理由 5 至 500 字，不写姓名，也不能有 11 位以上的号码。"],
  scheme_reason: [
    400,
    "选用的不是本地施行的办法。请写明本案为什么适用这个办法（5 至 500 字），复核、批准的人会看到。",
  ],
  line_taken: [409, "这条线索已经按另一个办法核算奖励，同一事实不按两个办法奖励。"],
  final_taken: [409, "这条线索的最终奖励已经核算，不再核算阶段奖励。"],
  stage_taken: [409, "这个办案阶段的奖励已经核算过，同一阶段、同一事实不重复奖励。"],
  assessment_accepted: [409, "这次核算中有奖励已被接受或者付款，不能重新核算。请先由财务办理撤销。"],
  objection_answer_missing: [
    400,
    "这次核算有举报人提出异议。请写明对异议的答复（10 至 1000 字），举报人凭回执可以看到。",
  ],
  objection_open: [409, "您已对这笔奖励提出异议，正在复核。有了答复以后才能接受。"],
  objection_late: [409, "这笔奖励现在不能提出异议。"],
  objection_answered: [409, "这件异议已经答复。"],
  objection_apart: [403, "这笔奖励由您核算，请由另一位同事答复异议。"],
  decision_unready: [409, "奖励获批以后才有奖励决定书。"],
} as const satisfies Record<string, readonly [number, string]>;

export type AssessmentRefusal = keyof typeof REFUSALS;

/** The refusal as an error a page shows. */
export function assessmentRefusal(code: AssessmentRefusal): DomainError {
  const [status, sentence] = REFUSALS[code];
  return new DomainError(code, status, sentence);
}

/** Who had a share in the computation that is replaced, by their places, and is not listed in the new one. */
export function informantsMissing(places: readonly number[]): DomainError {
  const told = places.slice(0, 12).map((place) => `第 ${String(place)} 位`);
  const rest = places.length > told.length ? `等 ${String(places.length)} 位` : "";
  return new DomainError(
    "holders_missing",
    400,
    `上一次核算给了奖励的举报人都要列入：${told.join("、")}${rest}。不再奖励的，请逐项回答并写明理由。`,
  );
}

/** Who has an approved award nobody objects to, and would lose it by the new computation. */
export function approvedLeftOut(codeNames: readonly string[]): DomainError {
  return new DomainError(
    "approved_left_out",
    409,
    `${codeNames.join("、")} 已经获批，没有人对它提出异议，不能因重新核算而取消。确需取消的，请先由两人办理撤销。`,
  );
}

/** Not every question was answered: names the first places, so that nobody has to search. */
export function answersMissing(
  missing: readonly { readonly place: number; readonly title: string }[],
): DomainError {
  const told = missing.slice(0, 6).map(({ place, title }) => `第 ${String(place)} 位“${title}”`);
  const rest = missing.length > told.length ? `等 ${String(missing.length)} 项` : "";
  return new DomainError(
    "answers_missing",
    400,
    `还有没有回答或者没有写明理由的事项：${told.join("、")}${rest}。`,
  );
}
