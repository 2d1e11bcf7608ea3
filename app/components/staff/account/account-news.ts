import type { staffAccount } from "~/i18n/zh-CN/staff-account";

/** What was just done on the account page: a key of the catalogue under `account.done`. */
export type AccountNews = keyof typeof staffAccount.done;
