import { financeErrors } from "./staff-finance";

/** What staff forms say when something is missing; each sentence says what to do. */
export const staffForms = {
  summary: "请修改以下内容",
  errorPrefix: "错误：",
  errors: {
    version: "页面已经过时，请刷新后再操作。",
    chooseStage: "请选择要移到的阶段。",
    noSuchLead: "没有这个编号的线索，请核对后再试。",
    needsNote: "请写明理由，举报人会看到办理结果。",
    needsLegalBasis: "请写明法律或方案依据，例如“方案三(二)5”。",
    needsProposedBody: "请选择您认为应当承办的部门。",
    needsClosure: "请选择办结结论。",
    tooLong: "内容太长，请精简后再提交。",
    chooseSector: "请选择领域。",
    needsReason: "改派其他牵头部门时，请写明理由。",
    chooseTip: "请刷新后重新选择要归并的举报。",
    leadNumber: "请填写线索编号，只写数字。",
    chooseClass: "请选择主体分类。",
    amountWrong: "请填写金额，例如 1,234,500.00 或 120万，最小到分。",
    oneAmount: "请至少填写一项金额；合规类可以不填。",
    needsDecisionNumber: "请填写决定文书的文号。",
    dateWrong: "请按“年-月-日”填写存在的日期，例如 2026-11-20。",
    chooseOutcome: "请选择复核通过或者退回补正。",
    needsRejectReason: "退回认定时，请写明需要补正的地方。",
    needsName: "请填写姓名，1 到 60 个字。",
    chooseAgency: "请选择单位。",
    chooseRole: "请选择职务。",
    choosePerson: "请刷新后重新选择人员。",
    ...financeErrors,
  },
} as const;
