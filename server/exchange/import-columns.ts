import { DESK_CHANNELS } from "~/forms/desk";
import { STEP_FIELDS } from "~/forms/report-fields";
import type { AnswerStep } from "~/forms/report";
import { catalogueZh } from "~/i18n/zh-CN/catalogue";
import { CHANNEL_NAMES } from "./channel-names";

/** One column of a file of reports: its names in a header, and what a cell may hold. */
export type ImportColumn = {
  /** The English name, in a header or as a JSON key. */
  readonly column: string;
  /** Chinese names a header may use; the first is the one in the template. */
  readonly chinese: readonly string[];
  readonly required: boolean;
  readonly rule: string;
  readonly example: string;
  /** The page of the report form whose rule judges it; null for what only other channels have. */
  readonly step: AnswerStep | null;
};

type Told = Partial<Omit<ImportColumn, "column" | "step">>;

const OWN: Record<"externalId" | "channel" | "receivedOn", Told> = {
  externalId: {
    chinese: ["外部编号", "编号", "工单编号", "工单号", "受理编号"],
    required: true,
    rule: "原渠道给这条举报的编号，1 到 100 个字。同一来源的同一编号只导入一次。",
    example: "12345-2026-000001",
  },
  channel: {
    chinese: ["渠道", "来源渠道"],
    rule: `${DESK_CHANNELS.map((id) => CHANNEL_NAMES[id]).join("、")}。整个文件同一渠道时，可以不要这一列，在导入时指定。`,
    example: "12345 热线",
  },
  receivedOn: {
    chinese: ["收到日期", "接收日期", "受理日期"],
    rule: "原渠道收到的日期，例如 2026-11-20；不填就是导入当天。密封保存。",
    example: "2026-11-20",
  },
};

/** What the form's own texts do not say about a column; a field that is not here is told by its label. */
const TOLD: Record<string, Told> = {
  mode: {
    chinese: ["举报方式", "实名匿名"],
    rule: "匿名或实名。不填时，有姓名或联系方式的算实名，没有的算匿名。",
    example: "匿名",
  },
  relation: {
    chinese: ["与被举报方关系", "关系"],
    rule: "表单上的选项，或者投资人、员工、知情人、家属、其他。不填算其他。密封保存。",
    example: "投资人",
  },
  subjectKind: { chinese: ["主体类型", "对象类型"], rule: "机构、个人、网站。不填算机构。", example: "机构" },
  name: {
    chinese: ["名称", "被举报主体", "被举报主体名称", "平台名称"],
    rule: "2 到 100 个字。不知道名称可以空着，但信用代码、网址、App、负责人、对方电话或账号至少有一项。",
    example: "演示理财有限公司",
  },
  uscc: { chinese: ["统一社会信用代码", "信用代码"], rule: "18 位，校验位要对。" },
  sites: { chinese: ["网址"], rule: "最多 10 个，用分号或换行隔开。", example: "www.demo.example" },
  apps: { chinese: ["App", "App、公众号、群"], rule: "最多 10 个，用分号或换行隔开。" },
  responsible: { chinese: ["负责人"], rule: "最多 10 个，用分号或换行隔开。" },
  phonesOrAccounts: {
    chinese: ["对方电话或账号", "对方电话", "收款账号"],
    rule: "被举报一方的，最多 10 个，用分号或换行隔开。",
  },
  operating: {
    chinese: ["经营地"],
    rule: "行政区划代码或名称，也可以写线上、不清楚。三个地点都不填算不清楚。",
    example: "330702",
  },
  registered: { chinese: ["注册地"], rule: "同经营地。" },
  occurred: { chinese: ["发生地"], rule: "同经营地。" },
  sector: { chinese: ["领域"], rule: "领域的代号或中文名。不填算不确定。", example: "p2p" },
  redLines: {
    chinese: ["违规情形", "违规做法"],
    rule: "该领域违规情形的代号或原文，多项用分号隔开。不填算其他。",
  },
  startedOn: {
    chinese: ["开始时间"],
    required: true,
    rule: "年月，例如 2025-03，也可以只写年份。",
    example: "2025-03",
  },
  endedOn: { chinese: ["停止时间"], rule: "年月。已经停止的才填，可以不填。" },
  ownLoss: { chinese: ["本人损失"], rule: "数字，单位元，也可以写 5万。密封保存。" },
  source: {
    chinese: ["线索来源"],
    rule: "表单上的选项，或者亲身经历、亲友告知、工作中了解、广告、网上、其他。不填算其他。密封保存。",
    example: "亲身经历",
  },
  prior: { chinese: ["是否已向其他部门举报"], rule: "是、否。不填算否。密封保存。" },
  priorWhere: { chinese: ["曾向哪里举报"], rule: "部门的名称。密封保存。" },
  official: {
    chinese: ["是否牵涉部门或公职人员"],
    rule: "是、否。是的，只交给领导小组办公室。不填算否。",
  },
  ongoing: { chinese: ["是否仍在进行"], rule: "是、否、不清楚。不填算不清楚。", example: "是" },
  amount: {
    chinese: ["涉案金额档次", "金额档次"],
    rule: "表单上的金额档次。填了涉案金额就不用填；都不填算不清楚。",
  },
  amountExact: {
    chinese: ["涉案金额", "涉及金额"],
    rule: "数字，单位元，也可以写 120万。",
    example: "120万",
  },
  people: { chinese: ["涉及人数档次"], rule: "表单上的人数档次。填了涉及人数就不用填；都不填算不清楚。" },
  peopleExact: { chinese: ["涉及人数"], rule: "整数。", example: "35" },
  promisedYield: { chinese: ["承诺收益", "承诺年化收益率"], rule: "原话，最多 60 个字。" },
  narrative: {
    chinese: ["情况说明", "举报内容", "内容"],
    required: true,
    rule: "20 到 5000 个字。密封保存。",
    example: "来电人反映，该公司在小区门口摆摊，承诺每月返利百分之三，现在无法提现。",
  },
  contactName: { chinese: ["举报人姓名", "姓名"], rule: "实名时必填。密封保存，匿名的行不能填。" },
  idKind: {
    chinese: ["证件种类"],
    rule: "表单上的选项。填了证件号码而不填种类，算居民身份证。密封保存。",
  },
  idNumber: { chinese: ["证件号码"], rule: "居民身份证号码校验位要对。密封保存。" },
  noticeEmail: { chinese: ["接收通知的邮箱"], rule: "只用来通知举报人“有新进展”。密封保存。" },
  contactPhone: { chinese: ["举报人电话", "举报人手机"], rule: "实名时，电话和邮箱至少一项。密封保存。" },
  contactEmail: { chinese: ["举报人邮箱"], rule: "同举报人电话。" },
  wantsReward: { chinese: ["是否申请奖励"], rule: "是、否。不填算否。", example: "否" },
  noConflict: {
    chinese: ["无利益冲突声明"],
    rule: "申请奖励时必须是“是”：举报人不是查办机关的工作人员，也不是他们的近亲属。",
  },
};

/** Fields of the form that no file brings: nobody declares anything by way of a list, and no name is an empty cell. */
export const NO_COLUMN: readonly string[] = ["truthful", "nameUnknown"];

const labels: Record<string, { label?: string; hint?: string } | undefined> = catalogueZh.report.fields;

/** Every column an import understands, in the order of the template. The form's fields come by themselves. */
export const IMPORT_COLUMNS: readonly ImportColumn[] = [
  ...Object.entries(OWN).map(([column, told]) => describe(column, null, told)),
  ...(Object.entries(STEP_FIELDS) as [AnswerStep, readonly string[]][]).flatMap(([step, fields]) =>
    fields
      .filter((field) => !NO_COLUMN.includes(field))
      .map((field) => describe(field, step, TOLD[field] ?? {})),
  ),
];

function describe(column: string, step: AnswerStep | null, told: Told): ImportColumn {
  return {
    column,
    step,
    chinese: told.chinese ?? [labels[column]?.label ?? column],
    required: told.required ?? false,
    rule: told.rule ?? labels[column]?.hint ?? "",
    example: told.example ?? "",
  };
}

const byName = new Map(
  IMPORT_COLUMNS.flatMap(({ column, chinese }) =>
    [column, ...chinese].map((name): [string, string] => [foldName(name), column]),
  ),
);

/** The column a header or a JSON key means; null for none. Spaces, case, full width and marks do not matter. */
export function columnOf(name: string): string | null {
  return byName.get(foldName(name)) ?? null;
}

/** How a report of faults names a column: in Chinese, and as the template has it. */
export function columnTitle(column: string): string {
  return IMPORT_COLUMNS.find((one) => one.column === column)?.chinese[0] ?? column;
}

function foldName(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s*_"'()\u200b\ufeff、,-]/g, "");
}
