import { createWriteStream } from "node:fs";
import { once } from "node:events";

const HEADER = [
  "外部编号",
  "渠道",
  "收到日期",
  "举报方式",
  "名称",
  "网址",
  "经营地",
  "领域",
  "违规情形",
  "开始时间",
  "涉案金额",
  "涉及人数",
  "情况说明",
  "举报人姓名",
  "举报人电话",
  "是否申请奖励",
  "无利益冲突声明",
];

const SECTORS = ["p2p", "不确定", "p2p"];
const CHANNELS = ["12345 热线", "来信", "信用中国", "微信“打非随手拍”"];

/** One row of a made-up list. Every tenth names its caller; `subjects` platforms share all rows. */
export function importRow(n: number, subjects: number): Record<string, string> {
  const subject = n % subjects;
  const named = n % 10 === 3;
  return {
    外部编号: `T-${String(n).padStart(7, "0")}`,
    渠道: CHANNELS[n % CHANNELS.length] ?? "",
    收到日期: "2026-02-27",
    举报方式: named ? "实名" : "匿名",
    名称: `导入平台${String(subject)}`,
    网址: `www.subject-${String(subject)}.example`,
    经营地: "330702",
    领域: SECTORS[n % SECTORS.length] ?? "",
    违规情形: "其他",
    开始时间: "2025-03",
    涉案金额: `${String(1 + (n % 90))}万`,
    涉及人数: String(1 + (n % 40)),
    情况说明: `第 ${String(n)} 件：来电人反映，该平台在小区门口摆摊宣传，承诺每月返利百分之三，从上月起无法提现。`,
    举报人姓名: named ? "测试某" : "",
    举报人电话: named ? "13800000000" : "",
    是否申请奖励: named ? "是" : "否",
    无利益冲突声明: named ? "是" : "",
  };
}

/** Rows whose number is a multiple of this have one fault each. */
export const BAD_EVERY = 100;

/** Writes a list as CSV; every `BAD_EVERY`th row has a narrative that is too short. */
export async function writeImportFile(file: string, rows: number, subjects: number): Promise<void> {
  const out = createWriteStream(file);
  out.write(`\ufeff${HEADER.join(",")}\r\n`);
  for (let n = 1; n <= rows; n += 1) {
    const row = importRow(n, subjects);
    if (n % BAD_EVERY === 0) row.情况说明 = "太短";
    if (!out.write(`${HEADER.map((name) => row[name] ?? "").join(",")}\r\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
}
