/** Columns of a registration list, with the headers registers give them. Others are passed over. */
export const LIST_COLUMNS = [
  { column: "name", titles: ["名称", "企业名称", "公司名称", "市场主体名称", "主体名称"], longest: 200 },
  { column: "uscc", titles: ["统一社会信用代码", "信用代码", "社会信用代码"], longest: 40 },
  { column: "address", titles: ["住所", "注册地址", "经营场所", "地址"], longest: 300 },
  { column: "placeCode", titles: ["行政区划代码", "行政区划", "区划代码"], longest: 12 },
  { column: "representative", titles: ["法定代表人", "负责人", "法人代表"], longest: 60 },
  { column: "scope", titles: ["经营范围"], longest: 5_000 },
  { column: "registeredOn", titles: ["成立日期", "注册日期", "登记日期"], longest: 40 },
  { column: "state", titles: ["登记状态", "经营状态", "企业状态", "状态"], longest: 20 },
] as const;
export type ListColumn = (typeof LIST_COLUMNS)[number]["column"];

/** The column a header names, also in English; null for one that is passed over. */
export function listColumnOf(header: string): ListColumn | null {
  const plain = header.normalize("NFKC").replace(/\s+/g, "");
  const found = LIST_COLUMNS.find(
    ({ column, titles }) =>
      column.toLowerCase() === plain.toLowerCase() || titles.some((one) => one === plain),
  );
  return found?.column ?? null;
}

/** What may be wrong with a row (`staff.watch.faults.*`). */
export const LIST_FAULTS = [
  "badQuotes",
  "cellCount",
  "unreadable",
  "noName",
  "tooLong",
  "usccWrong",
  "placeWrong",
  "dateWrong",
  "twice",
] as const;
export type ListFault = {
  readonly row: number;
  readonly column: ListColumn | null;
  readonly fault: (typeof LIST_FAULTS)[number];
};

/** Bytes and rows of a list, at most. */
export const LIST_BYTES = 20 * 1024 * 1024;
export const LIST_ROWS = 100_000;
/** Bad rows told one by one; the others are counted. */
export const FAULTS_TOLD = 200;
