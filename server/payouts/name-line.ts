/** Why a line of the bank waits for a person. */
export type LineFault =
  "amount" | "double" | "ended" | "not_sent_yet" | "return_first" | "direction" | "refused";

export type Verdict =
  | { readonly outcome: "settled" | "bounced" | "rejected" | "suspense" | "pending" }
  | { readonly outcome: "named"; readonly fault: LineFault };

/** A line that is named in the middle of its matching. */
export class Named extends Error {
  constructor(readonly fault: LineFault) {
    super(fault);
  }
}
