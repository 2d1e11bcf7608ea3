/** How an award is claimed, as finance sees it: its window, and the papers of an heir paid by transfer. */
export const staffClaims = {
  title: "领取情况",
  link: "领取期限与继承证明",
  back: "返回奖励",
  told: "通知日期",
  last: "领取期限",
  noLast: "没有期限",
  extended: "延长理由",
  way: "领取方式",
  ways: { transfer: "银行转账", window: "窗口领取" },
  noWay: "还没有选择",
  claimant: "领取人",
  claimants: { self: "举报人本人", proxy: "受托人", heir: "继承人" },
  none: "奖励批准后通知举报人，领取期限从这里开始计算。",
  extend: {
    title: "延长领取期限",
    lead: "只能延长，不能缩短；从今天起最多一年。举报人会在查询页看到新的期限。",
    until: "新的期限",
    reason: "理由",
    reasonHint: "5 到 300 个字，不写姓名和号码。",
    button: "延长期限",
    late: "这笔奖励不在等待接受，不能延长。",
    noWindow: "按奖励办法，这笔奖励没有领取期限，不需要延长。",
  },
  papers: {
    title: "查验继承证明（转账领取）",
    lead: "继承人选择转账的，由两名财务人员分别当面查验证明。只登记证明的种类，不登记姓名，也不留复印件。两人都登记后，这笔奖励才能列入付款批次。收款账户改动的，登记失效，须重新查验。",
    kind: "证明种类",
    first: "登记已查验",
    second: "确认已查验",
    seen: "一人已登记：{{kind}}。请另一位财务人员查验后确认。",
    voided: "收款账户或领取方式在 {{day}} 改动，先前的查验失效。请两名财务人员重新查验。",
    own: "您已登记查验，须由另一位财务人员查验后确认。",
    confirmed: "已由两人查验：{{kind}}，{{day}}。",
  },
  done: {
    extended: "领取期限已延长。",
    seen: "已登记查验，等另一位财务人员确认。",
    confirmed: "已由两人查验，可以列入付款批次。",
  },
} as const;

export const claimErrors = { choosePapers: "请选择证明种类。" };
