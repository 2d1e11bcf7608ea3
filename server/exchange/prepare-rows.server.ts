import { createHmac } from "node:crypto";
import type { Channel } from "~server/intake/channels";
import { sealReport, type SealedReport } from "~server/intake/seal-report.server";
import type { TipFacts } from "~server/intake/tip-facts";
import { lookupIdOf, replySeedOf } from "~server/secrecy/derive-receipt-keys.server";
import { tipPublicKey } from "~server/secrecy/native-hpke.server";
import type { LiveKey } from "~server/secrecy/read-role-keys.server";
import { createReceipt, spellReceipt } from "~server/secrecy/receipt";
import { readCells, type Cells, type ImportGround, type RowFault } from "./read-cells";

/** What a thread needs besides rows: settled once for a whole file. */
export type PrepareGround = ImportGround & {
  /** Key of the hash that stands for a report's number elsewhere. */
  readonly hashKey: Uint8Array;
  /** Where the numbers come from; null: each row's channel. */
  readonly source: string | null;
  readonly keys: ReadonlyMap<string, LiveKey>;
  readonly at: Date;
  /** Whether receipts are wanted as text. */
  readonly receipts: boolean;
};

export type GivenRow = { readonly row: number; readonly cells: Cells };

/** A row read and sealed; all of it is ready to be stored. */
export type PreparedRow = {
  readonly row: number;
  readonly facts: TipFacts;
  readonly channel: Exclude<Channel, "web">;
  readonly source: string;
  readonly externalKey: Buffer;
  readonly lookupId: Buffer;
  readonly replyKey: Buffer;
  readonly sealed: SealedReport;
  /** The number elsewhere and the receipt's twelve numbers, only where asked for. */
  readonly receipt: { readonly externalId: string; readonly numbers: string } | null;
};

export type RowOutcome =
  | { readonly kind: "prepared"; readonly row: PreparedRow }
  | { readonly kind: "bad"; readonly row: number; readonly faults: readonly RowFault[] };

/** Reads and seals rows. Touches neither database nor disk, so that it runs in threads. */
export function prepareRows(ground: PrepareGround, rows: readonly GivenRow[]): RowOutcome[] {
  return rows.map(({ row, cells }) => {
    const read = readCells(ground, cells);
    if (!read.ok) return { kind: "bad", row, faults: read.faults };
    const { facts, channel, externalId, receivedOn } = read.row;
    const source = ground.source ?? channel;
    const receipt = createReceipt();
    const details = {
      ...facts.sealed.details,
      externalId,
      ...(receivedOn === null ? {} : { receivedOn }),
    };
    const sealed = sealReport(
      { facts: { ...facts, sealed: { ...facts.sealed, details } }, at: ground.at },
      ground.keys,
    );
    const prepared: PreparedRow = {
      row,
      // What was sealed goes no further.
      facts: { ...facts, sealed: { narrative: "", details: {}, identity: null, contact: null } },
      channel,
      source,
      externalKey: externalKeyOf(ground.hashKey, source, externalId),
      lookupId: lookupIdOf(receipt),
      replyKey: tipPublicKey(replySeedOf(receipt), "tip-reply-keypair"),
      sealed,
      receipt: ground.receipts ? { externalId, numbers: spellReceipt(receipt).numbers.join(" ") } : null,
    };
    return { kind: "prepared", row: prepared };
  });
}

/**
 * What stands for a report's number elsewhere. Such numbers are counted up, so a plain hash of one could be found by
 * trying; this needs the portal's secret key too.
 */
export function externalKeyOf(hashKey: Uint8Array, source: string, externalId: string): Buffer {
  return createHmac("sha256", hashKey).update(`${source}\u0000${externalId}`).digest();
}
