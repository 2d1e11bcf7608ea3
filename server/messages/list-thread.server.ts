import { and, desc, eq, lt } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { tipMessages } from "~db/schema/messages";
import { agencies, staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { toBase64url } from "~server/secrecy/format";
import type { Direction } from "~server/secrecy/message-format";
import { readKeysFor } from "~server/secrecy/read-sealed.server";
import type { KeyForYou } from "~server/secrecy/sealed-view";
import type { StaffActor } from "~server/staff-auth/actor";
import { MESSAGES_A_PAGE } from "./message-rules";
import { readThreadHead } from "./read-thread-head.server";

export type ThreadMessage = {
  readonly id: string;
  readonly direction: Direction;
  readonly kind: "text" | "evidence" | "reopen" | "question";
  readonly on: string;
  readonly readOn: string | null;
  readonly outcome: "reopened" | "declined" | "lapsed" | null;
  /** Who wrote it, for `out`. */
  readonly writer: { readonly name: string; readonly agency: string } | null;
  readonly suite: string;
  /** base64url: the body, and its data key sealed to the tip's content key. */
  readonly body: string;
  readonly enc: string;
  readonly key: string;
};

export type Thread = {
  readonly tipId: string;
  /** The report's content key, sealed to the roles this person holds. */
  readonly keys: readonly KeyForYou[];
  /** base64url; null for a report from before messages. */
  readonly replyKey: string | null;
  readonly mayWrite: boolean;
  /** Why nothing reaches the reporter any more; null while the receipt opens. */
  readonly closed: "withdrawn" | "expired" | null;
  /** Newest last. */
  readonly messages: readonly ThreadMessage[];
  /** Where older messages go on; null where there are none. */
  readonly older: string | null;
};

/** A page of one tip's messages, still sealed, for whoever reads the lead's tips. 404 for anyone else. */
export async function listThread(
  db: Database,
  input: { readonly leadId: string; readonly tipId: string; readonly before: bigint | null },
  actor: StaffActor,
): Promise<Thread> {
  return withActor(db, actor, async (tx) => {
    const { tip, mayWrite } = await readThreadHead(tx, input, actor);
    const rows = await tx
      .select({ message: tipMessages, name: staff.displayName, agency: agencies.name })
      .from(tipMessages)
      .leftJoin(staff, eq(staff.id, tipMessages.writtenBy))
      .leftJoin(agencies, eq(agencies.id, tipMessages.agencyId))
      .where(
        and(
          eq(tipMessages.tipId, tip.id),
          input.before === null ? undefined : lt(tipMessages.messageNo, input.before),
        ),
      )
      .orderBy(desc(tipMessages.messageNo))
      .limit(MESSAGES_A_PAGE + 1);
    const shown = rows.slice(0, MESSAGES_A_PAGE);
    const keys = await readKeysFor(tx, { tipIds: [tip.id], records: ["content"] }, actor);
    return {
      tipId: tip.id,
      keys: keys.get(`${tip.id} content`) ?? [],
      replyKey: tip.replyKey === null || tip.contentKey === null ? null : toBase64url(tip.replyKey),
      mayWrite,
      closed: tip.receiptClosedOn === null ? null : (tip.receiptClosedWhy as Thread["closed"]),
      messages: shown.reverse().map(({ message, name, agency }) => ({
        id: message.id,
        direction: message.direction as Direction,
        kind: message.kind as ThreadMessage["kind"],
        on: message.writtenOn,
        readOn: message.readOn,
        outcome: message.outcome as ThreadMessage["outcome"],
        writer: message.direction === "in" ? null : { name: name ?? "", agency: agency ?? "" },
        suite: message.suite,
        body: toBase64url(message.body),
        enc: toBase64url(message.contentEnc),
        key: toBase64url(message.contentBody),
      })),
      older: rows.length > MESSAGES_A_PAGE ? (shown[0]?.message.messageNo.toString() ?? null) : null,
    };
  });
}
