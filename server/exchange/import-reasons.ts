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
  refused: "数据库没有接受这一行，请核对内容",
} as const;
export type ImportReason = keyof typeof IMPORT_REASONS;
