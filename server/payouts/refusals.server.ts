import { DomainError, databaseFault } from "~server/errors.server";

/** Every expected refusal of payout batches and statements: HTTP status, and the sentence the person reads. */
const REFUSALS = {
  batch_empty: [400, "请至少选择一笔奖励，最多 500 笔。"],
  batch_fund: [400, "一个批次只能付同一项资金的奖励，请分开建立批次。"],
  line_taken: [409, "其中有一笔奖励刚刚进入别的批次，或者不再符合转账条件。请刷新后重新选择。"],
  line_held: [409, "其中有一笔奖励正在暂缓办理，请去掉它再建立批次。"],
  cashier_unfit: [409, "所选出纳在其中的凭证上签过字，或者与线索有利害关系，请另选一位出纳。"],
  cashier_missing: [400, "请选择一位在岗的出纳；经办人自己不能兼任出纳。"],
  batch_moved: [409, "这个批次刚刚有了新进展，请刷新后再看。"],
  batch_file_out: [
    409,
    "这个批次已经生成付款文件，可能已在银行，不能撤销。请登记送交银行；没有发出的，由两人凭银行答复办理。",
  ],
  batch_changed: [409, "批次中的奖励与冻结时不同，不能放行。请撤销这个批次，重新建立。"],
  release_apart: [403, "经办这个批次的人和出纳不能放行，请由另外两位复核或审批人员办理。"],
  release_once: [409, "您已经放行过这个批次，另一次放行须由别人办理。"],
  release_approver: [403, "两次放行中须有一次由审批人员签字，请由审批人员办理第二次放行。"],
  payees_incomplete: [409, "收款信息还没有全部交给出纳。请由放行本批次的审批人员在批次页上完成移交。"],
  cashier_key_missing: [409, "出纳岗位还没有密钥，收款信息无从移交。请先在“岗位密钥”页建立。"],
  not_your_batch: [403, "这个批次由另一位出纳办理。"],
  format_missing: [
    409,
    "批次放行时还没有设置本单位的付款账户，不能生成付款文件。请由管理员在“银行文件格式”页填写，两人同意后，撤销这个批次，重新建立。",
  ],
  execute_day: [400, "要求付款日期须在今天起 90 天以内，没有生成文件。请重新选择日期。"],
  file_incomplete: [409, "付款文件的笔数或金额与批次不符，没有登记。请重新生成。"],
  file_missing: [409, "请先生成付款文件，再登记送交银行。"],
  line_moved: [409, "这一笔刚刚有了新进展，请刷新后再看。"],
  decide_apart: [403, "提出与同意须由两个人分别办理，请由另一位复核或审批人员同意。"],
  not_your_proposal: [403, "这条流水由另一位出纳提出，只能由提出的人收回。"],
  proposed_already: [409, "这条流水已有人提出，等待另一位复核或审批人员同意。"],
  statement_differs: [409, "这个编号的对账单先前上传过，内容与这次不同，这次没有保存。请核对编号。"],
  statement_day: [400, "对账单截止日不能晚于今天，也不能早于其中的流水。"],
  explanation_required: [400, "账面与银行余额不一致，请写明原因（5 至 500 字，不写姓名和号码）。"],
  line_fund: [409, "这笔付款属于另一项资金，不能用这份对账单核销。请核对参考号。"],
  award_ordered: [
    409,
    "其中一笔奖励已有两人同意的逐笔付款指令，不列入批次。请按指令付款；过期未付的，由下达的人确认没有付出后撤回。",
  ],
  period_closed: [409, "这一天所在的月份已经结账。请核对日期。"],
  explanation_plain: [400, "说明里请不要写长串数字；日期和金额请写成“6月1日”“123元”的样子。"],
  line_once: [409, "这笔付款已由另一条流水核销，这一条仍然待查。请向银行查明。"],
  reconciler_apart: [403, "上传和核销流水的出纳不办理月度对账，请由经办或复核人员办理。"],
  statement_balance: [
    400,
    "银行余额与已上传的对账单不一致。请按对账单填写；对账单有误的，请先更正后重新上传。",
  ],
  line_not_retried: [409, "这条流水仍不能自动核销，原因没有变化。"],
} as const satisfies Record<string, readonly [number, string]>;

export type PayoutRefusal = keyof typeof REFUSALS;

export function payoutRefusal(code: PayoutRefusal): DomainError {
  const [status, sentence] = REFUSALS[code];
  return new DomainError(code, status, sentence);
}

/** The lines of a statement that was taken under `number`, sent under another one. */
export function statementAgain(number: string): DomainError {
  return new DomainError(
    "statement_again",
    409,
    `这份对账单先前已经用编号 ${number} 上传，截止日和流水完全相同，这次没有保存。请核对文件；先前没有核对完的，请用原来的编号再上传一次。`,
  );
}

export function payoutSentence(code: PayoutRefusal): string {
  return REFUSALS[code][1];
}

const OF_DATABASE: Readonly<Record<string, PayoutRefusal>> = {
  payout_lines_live_uq: "line_taken",
  payout_lines_award: "line_taken",
  payout_lines_claim: "line_taken",
  awards_held: "line_held",
  payouts_cashier: "cashier_unfit",
  payout_lines_recused: "cashier_unfit",
  payout_batches_roles: "cashier_missing",
  payout_batches_apart_ck: "cashier_missing",
  payout_batches_body: "batch_changed",
  payout_batches_moved: "batch_changed",
  payout_batches_history: "batch_moved",
  payout_batches_file_out: "batch_file_out",
  batch_releases_chain: "batch_moved",
  batch_releases_actor_uq: "release_once",
  batch_releases_apart: "release_apart",
  batch_releases_role: "release_approver",
  payout_files_whole: "file_incomplete",
  payout_batches_file: "file_missing",
  payout_lines_history: "line_moved",
  payout_lines_ground: "line_moved",
  line_decisions_unknown: "line_moved",
  line_decisions_history: "line_moved",
  line_decisions_withdrawn_ck: "line_moved",
  line_decisions_line_uq: "line_moved",
  line_decisions_open: "line_moved",
  line_decisions_bank_uq: "proposed_already",
  payouts_returned: "line_moved",
  bank_lines_match: "line_moved",
  line_decisions_two_ck: "decide_apart",
  bank_lines_history: "line_moved",
  bank_lines_fund: "line_fund",
  bank_lines_once: "line_once",
  payout_lines_ordered: "award_ordered",
  ledger_transactions_period: "period_closed",
  reconciliations_plain_ck: "explanation_plain",
  reconciliations_apart: "reconciler_apart",
  reconciliations_statement: "statement_balance",
};

/** What only the database can see, said as a sentence; anything else goes on. */
export async function explainPayoutFault<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = OF_DATABASE[databaseFault(error).constraint ?? ""];
    if (code !== undefined) throw payoutRefusal(code);
    throw error;
  }
}
