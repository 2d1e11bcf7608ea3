import { and, eq } from "drizzle-orm";
import { v4 as uuidv4 } from "uuid";
import type { Tx } from "~db/client.server";
import { sealedValues } from "~db/schema/intake";
import { decrypt, encrypt } from "./aead.server";
import type { Keyring } from "./keyring.server";

/**
 * The one door to what reporters write and who they are: everything below goes in and out through here, and
 * nothing else in the server reads it.
 *
 * The suite is interim: a key the server holds. It keeps a stolen dump unreadable, not a stolen server, which is
 * why the portal says it is not for real tips until values are sealed to people's own keys (secrecy.md).
 */
export const INTERIM_SUITE = "interim-server-key.v0";

/** Which value: the row it belongs to and its name there. */
export type SealedRef = { readonly table: "tips"; readonly id: string; readonly field: SealedField };

export type SealedField = "narrative" | "details" | "identity" | "contact";

/** Seals UTF-8 texts and inserts one row each, inside the caller's transaction. */
export async function sealValues(
  tx: Tx,
  keyring: Keyring,
  values: readonly { readonly ref: SealedRef; readonly text: string }[],
): Promise<void> {
  if (values.length === 0) return;
  await tx.insert(sealedValues).values(
    values.map(({ ref, text }) => ({
      id: uuidv4(),
      ownerTable: ref.table,
      ownerId: ref.id,
      field: ref.field,
      suite: INTERIM_SUITE,
      body: encrypt(keyring.values, pad(Buffer.from(text, "utf8")), binding(ref)),
    })),
  );
}

/** What a `<Sealed>` component gets: the text, or why it is not shown. */
export type OpenedValue =
  | { readonly state: "open"; readonly text: string }
  | { readonly state: "absent" }
  | { readonly state: "unreadable" };

/** Opens one value. The caller has already settled whether this actor may read it. */
export async function openValue(tx: Tx, keyring: Keyring, ref: SealedRef): Promise<OpenedValue> {
  const rows = await tx
    .select({ suite: sealedValues.suite, body: sealedValues.body })
    .from(sealedValues)
    .where(
      and(
        eq(sealedValues.ownerTable, ref.table),
        eq(sealedValues.ownerId, ref.id),
        eq(sealedValues.field, ref.field),
      ),
    );
  const row = rows[0];
  if (row === undefined) return { state: "absent" };
  const plain = row.suite === INTERIM_SUITE ? decrypt(keyring.values, row.body, binding(ref)) : null;
  return plain === null ? { state: "unreadable" } : { state: "open", text: unpad(plain).toString("utf8") };
}

function binding(ref: SealedRef): string {
  return [INTERIM_SUITE, ref.table, ref.id, ref.field].join("|");
}

const STEPS = [4096, 16_384, 65_536];

/** Length (4 bytes), text, zeros up to 4, 16 or 64 KiB, so that the size tells little. */
export function pad(text: Buffer): Buffer {
  const needed = text.length + 4;
  const size = STEPS.find((step) => step >= needed) ?? Math.ceil(needed / 65_536) * 65_536;
  const padded = Buffer.alloc(size);
  padded.writeUInt32BE(text.length, 0);
  text.copy(padded, 4);
  return padded;
}

export function unpad(padded: Buffer): Buffer {
  return padded.subarray(4, 4 + padded.readUInt32BE(0));
}
