/** States of an award between its informant's acceptance and the payment, in order. Client-safe. */
export const PAYMENT_STATES = ["accepted", "posted", "paid"] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];
