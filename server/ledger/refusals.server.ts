import { DomainError } from "~server/errors.server";

/** Every expected refusal of the reward and ledger acts: HTTP status, and the sentence the person reads. */
const REFUSALS = {
  needs_passkey: [403, "演示登录只能查看。请用通行密钥登录后再办理资金事项。"],
  wrong_role: [403, "这一步不属于您的岗位，请由相应岗位的同事办理。"],
  already_signed: [403, "您已在这张凭证上签过字；经办、复核、审批须由三个人分别办理。"],
  finding_apart: [403, "您记录或认定过本案事实，不能办理本案的奖励。"],
  assessor_apart: [403, "这笔奖励由您核算，不能再由您复核或审批。"],
  apart: [403, "管理员和出纳不得在奖励凭证上签字。"],
  cashier_apart: [403, "您在这张凭证上签过字，付款须由另一位出纳办理。"],
  no_passkey: [409, "您名下没有有效的通行密钥，请先登记一枚。"],
  passkey_revoked: [403, "这枚通行密钥已停用，请换一枚重新签字。"],
  challenge_spent: [409, "这次签字请求已用过或已过期，请重新点按签字。"],
  signature_invalid: [403, "签名没有通过核验，什么都没有改动。请重新签字。"],
  award_moved: [409, "这笔奖励刚刚有了新进展，请刷新后再看。"],
  waits_for_informant: [409, "举报人还没有接受这笔奖励。"],
  ended: [409, "这笔奖励已经办结，没有下一步。"],
  reason_required: [400, "退回必须写明理由（5 至 300 字，不写姓名和号码）。"],
  insufficient_budget: [
    409,
    "预算可用余额不足，这笔奖励没有批准，什么都没有改动。请先追加预算或换一个预算重新核算。",
  ],
  budget_year_over: [409, "这项预算不是本年度的，请用本年度预算重新核算。"],
  budget_currency: [409, "这项预算的币种与奖励办法的币种不同。"],
  assessment_changed: [409, "这条线索的奖励刚刚由别人核算过，请刷新后再看。"],
  preview_changed: [409, "所填内容与上次试算时不同，这次没有保存。请核对新的试算结果，再保存。"],
  assessment_approved: [409, "这条线索已有奖励获批，不能重新核算。"],
  finding_missing: [409, "这条线索还没有经认定的结论，不能核算奖励。"],
  finding_not_final: [409, "处理决定尚未生效，不能核算奖励。"],
  finding_replaced: [409, "该奖励依据的认定已被新的认定取代，请由经办重新核算。"],
  informant_unknown: [400, "所列举报不属于这条线索，或者举报人没有申请奖励。"],
  informant_kind: [400, "匿名举报不能按实名举报核算。"],
  first_informant_missing: [400, "最先举报的人必须列入核算；不予奖励的，请注明理由。"],
  exclusion_unknown: [400, "不予奖励的理由须是奖励办法列明的情形。"],
  scheme_missing: [409, "举报当日没有施行中的奖励办法，请先由管理员载入。"],
  stage_unknown: [400, "这个奖励办法不分阶段，只能按最终结果核算一次。"],
  case_incomplete: [400, "奖励办法还需要一项事实（等级或幅度内的选择），或者所填的不被接受。"],
  consultation_required: [400, "按奖励办法，这一数额须商财政部门，请填写复函文号。"],
  amount_invalid: [400, "金额须大于零。"],
  date_invalid: [400, "日期不能晚于今天；付款不能早于举报人接受奖励之日，退回不能早于付款之日。"],
  key_reused: [409, "同一请求编号先前记过内容不同的账，这次没有记账。"],
  already_paid: [409, "这笔奖励已经付款。"],
  not_paid: [409, "这笔奖励没有可退回的付款。"],
  reference_invalid: [400, "请填写银行流水参考号（两个大写字母开头，不含账号和姓名）。"],
  reference_used: [409, "这个银行流水参考号已经登记过。"],
  correction_refused: [409, "这笔账不能冲正：它已被冲正、本身是冲正，或关系到一笔奖励。"],
  award_held: [409, "这笔奖励已挂起，解除挂起后才能办理。"],
  consultation_missing: [
    409,
    "这笔奖励，或同一举报人在本案的奖励合计，已达到须商财政部门的数额。请由经办填写复函文号，重新核算后再签。",
  ],
  over_limit: [403, "这笔奖励超过您的审批限额，请由有相应权限的审批人办理。"],
  countersign_first: [409, "按奖励办法，这一数额须两位审批人签字，请先由另一位审批人会签。"],
  countersign_not_asked: [409, "按奖励办法，这一数额不需要会签。"],
  principal_signed: [403, "您所代理的同事已在这张凭证上签过字，不能再由您代签。"],
  principal_apart: [403, "您所代理的同事按回避规定不能办理这张凭证，您也不能代签。"],
  voucher_changed: [409, "这张凭证与您选定时的不同，请刷新后再看。"],
  hold_exists: [409, "这笔奖励已经挂起。"],
  hold_missing: [409, "这笔奖励没有挂起，或者已经解除。"],
  hold_own: [403, "挂起须由另一位复核或审批人员解除。"],
  hold_ended: [409, "这笔奖励已经付款或办结，不能挂起。"],
  hold_reason: [400, "请写明理由（5 至 300 字，不写姓名和号码）。"],
  deputy_unsuitable: [400, "代理人须是另一位在职的经办、复核或审批人员，且不兼任管理员、出纳和窗口人员。"],
  delegation_dates: [400, "代理期从今天或以后某日开始，最长 92 天。"],
  delegation_exists: [409, "这一岗位已有代理人。请先结束原来的代理。"],
  delegation_over: [409, "这项代理已经结束或已经答复，请刷新后再看。"],
  limit_invalid: [400, "限额须是大于零的金额；不设限额时留空。"],
  limit_grant: [409, "这位同事现在没有审批岗位。"],
  limit_requested: [409, "这位审批人已有一项限额申请等待答复。"],
  limit_own: [403, "限额由一位管理员提出、另一位管理员同意，并且都不是本人。"],
  limit_settled: [409, "这项申请已经答复，请刷新后再看。"],
  nothing_chosen: [400, "请至少选一张凭证，一次最多 50 张。"],
} as const satisfies Record<string, readonly [number, string]>;

export type RefusalCode = keyof typeof REFUSALS;

/** The refusal as an error a page shows. */
export function refusal(code: RefusalCode): DomainError {
  const [status, sentence] = REFUSALS[code];
  return new DomainError(code, status, sentence);
}

/** The sentence alone, for a page that says beforehand why an act is closed. */
export function refusalSentence(code: RefusalCode): string {
  return REFUSALS[code][1];
}
