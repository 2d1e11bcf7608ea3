/** What `ledger:export` and the books' page write. Client-safe. */
export const BOOK_FORMATS = ["hledger", "beancount", "csv"] as const;
export type BookFormat = (typeof BOOK_FORMATS)[number];

/** What the books' page prints. */
export const BOOK_DOCUMENTS = ["vouchers", "voucher", "payouts", "statement"] as const;
export type BookDocument = (typeof BOOK_DOCUMENTS)[number];
