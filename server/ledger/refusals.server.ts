import { staffCommon } from "~/i18n/zh-CN/staff-common";
import { DomainError } from "~server/errors.server";
import type { Role } from "~server/staff-auth/roles";

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
  payment_not_ordered: [
    409,
    "逐笔付款须先由两名财务人员在“资金双人办理”下达付款指令；也可以列入付款批次，由两人放行。",
  ],
  award_in_batch: [409, "这笔奖励已列入付款批次，请按批次付款，不能另下逐笔付款指令。"],
  order_over: [
    409,
    "这笔奖励的逐笔付款指令已过有效期，不能再据以付款。请由两名财务人员重新下达；已经付出的，重新下达后按实际日期登记。",
  ],
  order_stands: [409, "这笔奖励已有一项有效的逐笔付款指令，请出纳据以付款，或者由两人先撤回。"],
  order_spent: [409, "这项付款指令已经执行，不能撤回。银行退回的，请由两人登记退票。"],
  bounce_cash: [409, "这笔奖励已在窗口交付现金，不会有银行退票。"],
  bounce_by_bank: [409, "这笔付款是按批次付出的，退票以银行流水为准。请在“银行对账”上传对账单办理。"],
  already_paid: [409, "这笔奖励已经付款。"],
  payment_way: [
    409,
    "领奖人选择了其他领取方式，或继承材料还没有经两人核对，不能这样付款。请先查看领奖信息。",
  ],
  not_paid: [409, "这笔奖励没有可退回的付款。"],
  reference_invalid: [400, "请填写银行流水参考号（两个大写字母开头，不含账号和姓名）。"],
  reference_of_order: [
    409,
    "这是另一项付款指令交给银行的编号。请填写这笔付款自己的编号，或者银行流水参考号。",
  ],
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
  hold_released: [
    409,
    "这笔奖励的付款已经放行，不能再挂起。尚未送银行的，请先撤销付款批次；已送银行的，请等银行回单。",
  ],
  correction_by_two: [
    409,
    "预算额度的冲正须由两人办理：请提出预算调整并指明所冲正的凭证，由另一位财务人员同意。",
  ],
  approved_once: [409, "这项预算已经批准过额度。需要增减的，请提出调整，由另一位财务人员同意。"],
  below_promised: [409, "调减后可用余额将不足以兑付已承诺的奖励，预算没有变动。"],
  period_closed: [409, "这一天所在的月份已经结账，不能再记账。请使用未结账月份的日期。"],
  year_closed: [409, "这项预算的年度已经结转，不能再记账。"],
  year_running: [409, "年度还没有结束，不能年终结转。"],
  year_order: [409, "请先结转这项资金更早的年度。"],
  next_budget_missing: [409, "下一年度的预算还没有开设。有奖励或余额需要结转，请先开设下一年度预算。"],
  carried_twice: [409, "有奖励已结转两年，不能再结转。请先办结：由举报人领取，或者撤销。"],
  month_running: [409, "这个月还没有结束，不能结账。"],
  month_closed: [409, "这个月已经结账，不用再结。"],
  month_order: [409, "月份须按顺序结账，请先结前一个月。"],
  request_open: [409, "同一事项已有一份申请在等待同意。"],
  request_settled: [409, "这份申请已经有了结果，请刷新后再看。"],
  own_request: [403, "申请须由另一位财务审批人同意，不能由提出的人自己同意。"],
  asker_left: [
    409,
    "提出申请的同事已经不在财务岗位，不能再同意。请选“不同意”结束这份申请，由在岗的同事重新提出。",
  ],
  request_changed: [409, "申请的内容与您看到的不同，请刷新后重新核对。"],
  decider_apart: [403, "管理员和出纳不参与资金事项的申请和同意。"],
  not_revocable: [409, "这笔奖励目前不能撤销。已经付款的，请按追回办理。"],
  award_on_line: [409, "这笔奖励已列入付款批次，不能撤销。请先撤销批次；已送交银行的，付款后按追回办理。"],
  clawback_grounds: [400, "请选择奖励办法列明的追回情形。"],
  clawback_amount: [400, "追回金额须大于零，且与先前追回的合计不能超过已付的奖励。"],
  bounce_clawed_back: [409, "这笔奖励已决定追回，不能登记退回。银行退回的款项，请按收到追回款登记。"],
  clawback_settled: [409, "应追回的金额已经收回或者核销，没有余额。"],
  not_unmatched: [409, "这一行流水没有按未匹配记过账。"],
  float_short: [409, "窗口备付金不足，这次没有记账。"],
  open_taken: [409, "这项资金的这一年度预算已经开设。需要增减额度的，请提出预算调整。"],
  slug_taken: [409, "这个代号已经有资金账户用了，请换一个。"],
  slug_differs: [409, "这项资金先前开设时用的是另一个代号，请填写原来的代号。"],
  award_objected: [409, "举报人对这笔奖励提出了异议，答复之前不能记账。"],
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

/** Whose step it is, for a reader who holds none of these roles. */
export function rolesSentence(roles: readonly Role[]): string {
  return `这一步由${roles.map((role) => staffCommon.roles[role]).join("、")}办理。`;
}
