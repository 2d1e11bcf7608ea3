import { z } from "zod";

/** Among the words for a status: the bank writes none. */
export const BLANK = "空白";

/** What a column of the bank's file may hold. `fixed` is the same text in every row. */
export const BANK_FIELDS = [
  "position",
  "endToEndId",
  "name",
  "account",
  "bankName",
  "bankCode",
  "amount",
  "currency",
  "purpose",
  "fixed",
] as const;

/** Texts of the office itself: they stand in every bank file and must hold nobody's number. */
const officeText = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => !hasControl(text));

/**
 * How the bank wants its files, as two administrators set it (`format_proposals`). It holds the office's own account and
 * never a payee's.
 */
export const bankFormatSchema = z.strictObject({
  /** Who pays, as the bank knows the office. */
  debtor: z.strictObject({
    name: officeText(70),
    account: z.string().regex(/^[0-9A-Z-]{5,34}$/),
    bankName: officeText(70),
    /** 大额支付系统行号, 12 digits. */
    bankCode: z.string().regex(/^\d{12}$/),
  }),
  /** What the payee's bank shows beside the amount. It names no informant and no subject. */
  purpose: officeText(35),
  csv: z.strictObject({
    columns: z
      .array(
        z.strictObject({
          field: z.enum(BANK_FIELDS),
          header: z.string().max(40),
          /** Of a `fixed` column. */
          text: z
            .string()
            .max(60)
            // An account is the payee's own, never the same in every row.
            .refine((text) => !/\d{8}/.test(text.normalize("NFKC").replace(/[\s-]/g, "")))
            .optional(),
        }),
      )
      .min(3)
      .max(30)
      .refine((columns) =>
        (["endToEndId", "account", "amount"] as const).every((needed) =>
          columns.some(({ field }) => field === needed),
        ),
      ),
    header: z.boolean(),
    delimiter: z.enum([",", ";", "\t", "|"]),
    charset: z.enum(["utf-8", "gb18030"]),
    amountUnit: z.enum(["yuan", "fen"]),
    /**
     * A cell that a spreadsheet would run as a formula: `quote` puts an apostrophe in front where the bank strips it,
     * `refuse` builds no file.
     */
    formulas: z.enum(["quote", "refuse"]),
  }),
  statement: z.strictObject({
    charset: z.enum(["utf-8", "gb18030"]),
    delimiter: z.enum([",", ";", "\t", "|"]),
    /** Lines above the one with the headers. */
    skip: z.number().int().min(0).max(50),
    /** The headers of the columns, as the bank writes them. */
    columns: z.strictObject({
      endToEndId: z.string().min(1).max(40),
      date: z.string().min(1).max(40),
      amount: z.string().min(1).max(40),
      /** Whether money left or came; absent where a minus sign tells. */
      direction: z.string().min(1).max(40).optional(),
      status: z.string().min(1).max(40).optional(),
    }),
    amountUnit: z.enum(["yuan", "fen"]),
    words: z.strictObject({
      out: z.array(z.string().min(1).max(20)).min(1).max(10),
      /**
       * Of a line that is booked; `BLANK` where the bank then leaves its status empty. A format of before this was asked
       * has none: there a status like none of the others is one that is booked.
       */
      booked: z.array(z.string().min(1).max(20)).max(10).default([]),
      returned: z.array(z.string().min(1).max(20)).max(10),
      rejected: z.array(z.string().min(1).max(20)).max(10),
      pending: z.array(z.string().min(1).max(20)).max(10),
    }),
  }),
});
export type BankFormat = z.infer<typeof bankFormatSchema>;

/** Whether a format still pays from the shipped example's account, which is nobody's. */
export function paysFromExample({ debtor }: Pick<BankFormat, "debtor">): boolean {
  return debtor.account === DEFAULT_BANK_FORMAT.debtor.account;
}

/** A start an office changes to what its bank asks for. The account is nobody's. */
export const DEFAULT_BANK_FORMAT: BankFormat = {
  debtor: {
    name: "互联网金融风险专项整治工作领导小组办公室",
    account: "00000-EXAMPLE",
    bankName: "示例银行",
    bankCode: "000000000000",
  },
  purpose: "财政奖励资金",
  csv: {
    columns: [
      { field: "position", header: "序号" },
      { field: "endToEndId", header: "业务编号" },
      { field: "name", header: "收款人户名" },
      { field: "account", header: "收款人账号" },
      { field: "bankName", header: "开户行" },
      { field: "bankCode", header: "行号" },
      { field: "amount", header: "金额" },
      { field: "purpose", header: "用途" },
    ],
    header: true,
    delimiter: ",",
    charset: "utf-8",
    amountUnit: "yuan",
    formulas: "refuse",
  },
  statement: {
    charset: "utf-8",
    delimiter: ",",
    skip: 0,
    columns: { endToEndId: "业务编号", date: "日期", amount: "金额", direction: "借贷", status: "状态" },
    amountUnit: "yuan",
    words: {
      out: ["借", "支出"],
      booked: ["成功", "交易成功", "已入账"],
      returned: ["退汇", "退票"],
      rejected: ["失败"],
      pending: ["处理中"],
    },
  },
};

/** How many characters a bank's name, with its branch, has in a file of either kind. */
export const BANK_NAME_MOST = 70;

/** Whether a spreadsheet would run a cell: a bank may refuse the file, and by default none is built (product 34). */
export function looksLikeFormula(text: string): boolean {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(text);
}

/**
 * Characters no bank file may hold: controls, halves of a character, the mark of one that was lost, and those of private
 * use, which GB18030 has no code for in part and which no bank reads.
 */
export function hasControl(text: string): boolean {
  return /[\p{Cc}\p{Cs}\p{Co}\ufffd-\uffff]/u.test(text);
}
