import { DomainError } from "~server/errors.server";

const REFUSALS = {
  window_unknown: [409, "没有这个窗口，或者它没有开放。请刷新后再看。"],
  window_locked: [409, "这个窗口输错领奖码的次数太多，已经锁住。请财务或者出纳核实后解锁。"],
  window_slow: [429, "刚才输错了几次，请等一分钟再输。"],
  code_shape: [400, "领奖码共七组，每组四个字符。请补全后再查验，这次不算输错。"],
  code_unknown: [409, "领奖码不对。请与来人逐组核对后再输；还是不对的，请来人凭回执到网站换一个新的。"],
  code_spent: [409, "这个领奖码已经用过，不能再付款。"],
  code_dead: [409, "这个领奖码已经作废，请来人用新的领奖码，或者凭回执到网站换一个。"],
  code_over: [409, "这个领奖码过了有效期，请来人凭回执到网站换一个。"],
  not_posted: [409, "这笔奖励还没有入账，今天不能付款。请来人过几天再来。"],
  way_changed: [409, "举报人已经改了领取方式，这里不能付款。"],
  already_paid: [409, "这笔奖励已经付款。"],
  cannot_pay: [409, "这笔奖励现在不能付款，什么都没有改动。请财务人员核实。"],
  other_window: [409, "这笔奖励不由这个窗口的资金支付，请来人到另一个窗口。"],
  papers_first: [409, "由继承人领取的，先由两个人查验证明材料，再付款。"],
  float_short: [409, "窗口备付金不够付这一笔，什么都没有改动。请先领取备付金。"],
  day_counted: [409, "今天已经日结，不能再收付。"],
  clerk_apart: [403, "您在这张凭证上签过字，付款须由另一位同事办理。"],
  amount_invalid: [400, "金额须大于零。"],
  count_invalid: [400, "请填写清点的金额，没有现金填 0。"],
  difference_unexplained: [400, "清点数与账面不一致，请写明原因（5 至 300 字，不写姓名和号码）。"],
  count_changed: [409, "账面刚刚变动过，请刷新后重新清点。"],
  count_again: [409, "这一天已经清点过，或者前一天还没有结清。"],
  agree_other: [403, "清点和确认须由两个人分别办理，请由另一位同事确认。"],
  not_locked: [409, "这个窗口没有锁住。"],
  propose_other: [403, "窗口须由另一位同事确认开放。"],
  box_not_empty: [409, "窗口还有备付金，请先全部退回再停用。"],
  window_words: [400, "请把每一项填完整；代号是两个大写字母，不能与别的窗口相同。"],
} as const satisfies Record<string, readonly [number, string]>;

export type WindowRefusal = keyof typeof REFUSALS;

/** An expected refusal at a paying window, in its own sentence. */
export function windowRefusal(code: WindowRefusal): DomainError {
  const [status, said] = REFUSALS[code];
  return new DomainError(code, status, said);
}

/** What only the database can see, said as a sentence; the error itself where it is none of these. */
export const REFUSED_BY: Readonly<Record<string, WindowRefusal>> = {
  window_movements_float: "float_short",
  account_balances_window_cash_ck: "float_short",
  window_movements_day: "day_counted",
  window_movements_open: "window_unknown",
  payouts_live_uq: "already_paid",
  payouts_way: "way_changed",
  payouts_heir: "papers_first",
  payouts_cashier: "clerk_apart",
  claim_codes_history: "code_spent",
  window_days_pk: "count_again",
  window_days_order: "count_again",
  window_days_book: "count_changed",
  pay_windows_empty: "box_not_empty",
  pay_windows_code_uq: "window_words",
  pay_windows_words_ck: "window_words",
  pay_windows_code_ck: "window_words",
};
