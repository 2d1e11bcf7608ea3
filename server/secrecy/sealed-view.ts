import type { KeyPart, SealedRef } from "./format";

/** A data key as it travels to a browser: for one of the person's role keys; base64url. */
export type KeyForYou = {
  readonly roleKeyId: string;
  readonly slot: string;
  readonly epoch: number;
  readonly part: KeyPart;
  readonly enc: string;
  readonly body: string;
};

/** What the server hands out of a sealed value: never its text. */
export type SealedView =
  | {
      readonly state: "sealed";
      readonly ref: SealedRef;
      readonly suite: string;
      /** base64url */
      readonly body: string;
      /** Empty: nobody has handed this person's role the key yet. */
      readonly keys: readonly KeyForYou[];
    }
  | { readonly state: "absent" }
  /** Its period was over, and two people agreed (server/retention). */
  | { readonly state: "destroyed" }
  | { readonly state: "not_yours" };

export type SealedBundle = Extract<SealedView, { state: "sealed" }>;
