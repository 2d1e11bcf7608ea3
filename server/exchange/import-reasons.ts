import type { catalogueZh } from "~/i18n/zh-CN/catalogue";

/** Why a row was not loaded, where it is not one of the form's own rules (`report.errors`). */
export const IMPORT_REASONS = {
  noExternalId: "请填写原渠道的编号",
  externalIdLong: "编号最多 100 个字",
  roundedNumber: "编号被表格软件改成了科学计数法，末尾的数字已经丢失，请把这一列设为文本后重新导出",
  noChannel: "请填写渠道，或者在导入时为整个文件指定",
  channelWrong: "没有这个渠道，可用的名称见列说明",
  dayWrong: "请按“年-月-日”填写存在的日期，例如 2026-11-20",
  dayFuture: "收到日期不能晚于今天",
  anonymousContact: "匿名举报的行不能有姓名或联系方式，请改为实名，或者清空这些列",
  unreadable: "有无法识别的字符，请检查文件的编码",
  incomplete: "内容不完整，请对照列说明补全",
  unknownColumn: "有不认识的列，可用的列见列说明",
  notAnObject: "不是 JSON 对象",
  notText: "请写成文字、数字或者文字的列表",
  badJson: "不是有效的 JSON",
  badQuotes: "引号没有成对，读不出这一行，请补上或者删去多余的引号后再导入",
  tooLarge: "这一行太大",
  cellCount: "列数和表头不一样，请检查逗号和引号",
  numberKnown: "编号已导入过，未再导入；如果是另一件举报，请改用别的编号后再导入",
  refused: "数据库没有接受这一行，请核对内容",
} as const;
export type ImportReason = keyof typeof IMPORT_REASONS;

/** Rules of the form (`report.errors`) whose own words send people to something of its pages that no file has. */
export const FORM_REASONS: Partial<Record<keyof typeof catalogueZh.report.errors, string>> = {
  chooseOne: "没有这个选项，可用的写法见列说明",
  chooseAtLeastOne: "没有这些选项，可用的写法见列说明",
  nameOrUnknown: "至少 2 个字；不知道名称可以空着",
  identifyOne: "没有名称的，信用代码、网址、App、负责人、对方电话或账号至少填一项",
  placeOne: "没有这个地点，请写行政区划代码或名称，也可以写线上、不清楚",
  siteWrong: "有一项不像网址，请写成 example.com 这样的形式，几个网址用分号隔开；App 的名称请写在“App”列",
  idOther: "请填证件号码，4 到 30 个字母或者数字；没有的可以空着",
  amountExactWrong: "请写一个数字，例如 1200000 或者 120万；只知道大概的，请填在“涉案金额档次”列",
  peopleWrong: "请写一个整数，例如 35；只知道大概的，请填在“涉及人数档次”列",
  conflict: "申请奖励的，“无利益冲突声明”必须是“是”；属于这类人员的，“是否申请奖励”请写“否”",
};
