import type { RecoveryRequest } from "./recovery-request";

/** A key as a page shows it. Bytes in base64url. */
export type PublicKeyView = { readonly id: string; readonly publicKey: string; readonly fingerprint: string };

export type SlotMemberView = {
  readonly staffId: string;
  readonly name: string;
  readonly agencyName: string;
  /** null: has made no personal key yet. */
  readonly personalKey: PublicKeyView | null;
  /** Holds the slot's live key. */
  readonly holds: boolean;
};

/** One slot as its members (or those who only look) see it. */
export type SlotView = {
  readonly slot: string;
  /** Of an agency's slot, its name. */
  readonly agencyName: string | null;
  /** Whether the viewer is a member; others only look. */
  readonly mine: boolean;
  readonly key:
    | (PublicKeyView & {
        readonly epoch: number;
        readonly madeAt: Date;
        readonly rotationDueSince: Date | null;
      })
    | null;
  readonly held: boolean;
  readonly members: readonly SlotMemberView[];
  /** Who a rotation must seal the new key to. */
  readonly rotateTo: readonly PublicKeyView[];
  /** Data keys still sealed to retired epochs. */
  readonly stale: number;
  /** For a member without the key: what the share holders need to open it for them, old epochs in use included. */
  readonly requests: readonly RecoveryRequest[];
};

export type RoleKeysView = {
  readonly slots: readonly SlotView[];
  readonly recoveryKey: PublicKeyView | null;
  /** The viewer's own, as the server has it; their browser checks it against the private half. */
  readonly ownKey: PublicKeyView | null;
  readonly ownId: string;
};
