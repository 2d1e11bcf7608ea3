import { z } from "zod";
import { decrypt, encrypt, subkey } from "./aead.server";
import { rewrapExpired } from "./key-refusals.server";

/** Long enough for a hundred thousand tips, short enough for one sitting. */
const TICKET_MS = 60 * 60_000;
const BINDING = "rewrap-ticket.v1";

const ticketed = z.object({ staffId: z.string(), slot: z.string(), until: z.number() });

/**
 * One touch of the passkey lets one person re-wrap one slot's data keys for an hour: a batch of two hundred at a time
 * cannot ask for a touch each, and a session alone is too little to replace data keys with.
 */
export function makeRewrapTicket(
  actionKey: Buffer,
  input: { readonly staffId: string; readonly slot: string; readonly at: Date },
): string {
  const { staffId, slot, at } = input;
  const text = JSON.stringify({ staffId, slot, until: at.getTime() + TICKET_MS });
  return encrypt(subkey(actionKey, BINDING), Buffer.from(text, "utf8"), BINDING).toString("base64url");
}

/** Throws `rewrap_expired` (403) for a ticket that is late, another's, for another slot, or none at all. */
export function checkRewrapTicket(
  actionKey: Buffer,
  input: { readonly ticket: string; readonly staffId: string; readonly slot: string; readonly at: Date },
): void {
  const plain = decrypt(subkey(actionKey, BINDING), Buffer.from(input.ticket, "base64url"), BINDING);
  const read = plain === null ? null : ticketed.parse(JSON.parse(plain.toString("utf8")));
  if (read?.staffId !== input.staffId || read.slot !== input.slot || read.until < input.at.getTime())
    throw rewrapExpired();
}
