import { DomainError } from "~server/errors.server";

const REFUSALS = {
  claim_over: [409, "领取期限已过，不能再接受这笔奖励。确有原因的，请写消息告诉我们。"],
  claim_closed: [409, "这笔奖励现在不能改变领取方式。"],
  claim_on_line: [409, "这笔奖励正在付款，领取方式和收款账户暂时不能改。付款有了结果再来看。"],
  cash_limit: [409, "这笔奖励超过现金发放的限额，请选择银行转账。"],
  no_window: [409, "现在没有开放的领奖窗口，请选择银行转账，或者过些日子再来看。"],
  no_code_here: [409, "按奖励办法，这笔奖励不能凭领奖码领取。"],
  claimant_not_here: [409, "按奖励办法，不能由这样的人代为领取。"],
  too_many_codes: [409, "领奖码换得太多，请写消息告诉我们。"],
  extension_late: [409, "这笔奖励不在等待接受，不能延长领取期限。"],
  extension_day: [400, "新的期限须晚于现在的期限和今天，最多延长一年。"],
  extension_reason: [400, "请写明延长的理由（5 至 300 字，不写姓名和号码）。"],
  papers_same: [403, "证明材料须由两个人分别查验，请由另一位同事确认。"],
  papers_done: [409, "证明材料已经由两个人查验过。"],
  papers_not_here: [409, "只有继承人选择银行转账的，才在这里查验证明。到窗口领取的，请在窗口查验。"],
  papers_moved: [409, "页面打开以后，收款账户或者查验情况有了变化，这次没有登记。请重新核对后再登记。"],
  papers_differ: [409, "证明种类与第一位同事登记的不同，这次没有登记。请两人核对后再确认。"],
  papers_not_heir: [409, "这笔奖励不是由继承人领取，不需要查验证明材料。"],
} as const satisfies Record<string, readonly [number, string]>;

export type ClaimRefusal = keyof typeof REFUSALS;

/** An expected refusal of claiming an award, in its own sentence. */
export function claimRefusal(code: ClaimRefusal): DomainError {
  const [status, said] = REFUSALS[code];
  return new DomainError(code, status, said);
}
