/** Acts on money that take two finance people, in the order pages list them. Client-safe. */
export const REQUEST_KINDS = [
  "open",
  "adjust",
  "revoke",
  "clawback",
  "write_off",
  "close_month",
  "close_year",
  "pay",
  "bounce",
  "end_order",
] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/**
 * How many working days an order to pay by hand is good for, the day it is asked for not counted. A cheque must be
 * presented within ten days (票据法 第九十一条); an order is our cheque. What two people looked at when they gave it, the
 * informant's way and account among it, is not to be held still, nor relied on, for longer.
 */
export const ORDER_WORKING_DAYS = 10;

/** What is asked for. Amounts in 分; days `YYYY-MM-DD` in China. */
export type Asked =
  | {
      readonly kind: "open";
      /** The agency's name of the fund, its slug in exports and the year (see openBudgetIn). */
      readonly source: string;
      readonly slug: string;
      readonly fiscalYear: number;
      /** Whose budget it is: the asker's agency, which askRequest writes; absent in older requests. */
      readonly agency?: string;
      readonly amountFen: bigint;
      readonly eventOn: string;
    }
  /**
   * `amountFen` below zero takes back what nobody was promised. `corrects`: the entry that was wrong, undone by its
   * mirror (红字冲销); the amount is then the entry's own, with the other sign.
   */
  | {
      readonly kind: "adjust";
      readonly budgetId: string;
      readonly amountFen: bigint;
      readonly eventOn: string;
      readonly corrects?: string;
    }
  | { readonly kind: "revoke"; readonly awardId: string }
  /** `ground`: one of the scheme's grounds for claw-back. */
  | {
      readonly kind: "clawback";
      readonly awardId: string;
      readonly amountFen: bigint;
      readonly ground: string;
    }
  | { readonly kind: "write_off"; readonly awardId: string; readonly amountFen: bigint }
  | { readonly kind: "close_month"; readonly month: string }
  /** `carry`: whether what is free goes on into the next year instead of lapsing (预算法 42). */
  | { readonly kind: "close_year"; readonly budgetId: string; readonly carry: boolean }
  /** That a cashier pays a booked award by hand, outside any batch; agreed to, nothing is posted until they did. */
  | { readonly kind: "pay"; readonly awardId: string }
  /** That the bank sent a payment made by hand back on `eventOn`; the award is payable again. */
  | {
      readonly kind: "bounce";
      readonly awardId: string;
      readonly payoutId: string;
      readonly eventOn: string;
    }
  /** That an order to pay by hand, `orderId`, is carried out by nobody. */
  | { readonly kind: "end_order"; readonly awardId: string; readonly orderId: string };
