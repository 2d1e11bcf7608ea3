import type { WrapMethod } from "./personal-key";

/** A person's own keys as the server hands them out: all of it closed to the server. Bytes in base64url. */
export type KeyringView = {
  readonly staffId: string;
  /** null: no keys made yet. */
  readonly personalKey: {
    readonly id: string;
    readonly publicKey: string;
    readonly wraps: readonly {
      readonly id: string;
      readonly method: WrapMethod;
      /** The passkey whose PRF output opens it, by the id browsers know it by. */
      readonly credentialId: string | null;
      readonly salt: string;
      readonly body: string;
    }[];
  } | null;
  readonly grants: readonly {
    readonly roleKeyId: string;
    readonly slot: string;
    readonly epoch: number;
    readonly enc: string;
    readonly body: string;
  }[];
};
