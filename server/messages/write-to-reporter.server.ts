import { and, eq } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { tipMessages } from "~db/schema/messages";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { pauseClock } from "~server/clocks/pause-clock.server";
import { databaseFault, DomainError, notFound } from "~server/errors.server";
import { trailLead } from "~server/intake/trail-lead";
import { noteNews } from "~server/notifications/note-news.server";
import { fromBase64url } from "~server/secrecy/format";
import type { MessageToStore } from "~server/secrecy/staff-message";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { enterThread } from "./enter-thread.server";
import { readThreadHead, type ThreadHead } from "./read-thread-head.server";

export type StaffKind = "text" | "question";

type Written = {
  readonly leadId: string;
  readonly tipId: string;
  readonly sealed: MessageToStore;
  readonly at: Date;
};

/**
 * Keeps what staff wrote to one reporter, sealed in their browser. The same id again is the same message. Throws
 * `not_found` for whoever may not speak on this lead, `receipt_closed` and `no_tip_keys` (409), `too_many_messages` (429).
 */
export async function writeToReporter(
  db: Database,
  input: Written & { readonly kind: StaffKind },
  actor: StaffActor,
): Promise<{ outcome: "written" | "already" }> {
  return ownId(
    withActor(db, actor, async (tx) => {
      const head = await readThreadHead(tx, input, actor);
      if (!head.mayWrite) throw notFound();
      if (await isWritten(tx, input)) return { outcome: "already" as const };
      await storeMessage(tx, head, input, actor);
      // Of a tip that accuses an official the lead's record, which its bodies read, tells nothing.
      if (input.kind === "question" && !head.tip.concernsOfficial) {
        const pause = {
          leadId: head.lead.id,
          cause: "reporter",
          messageId: input.sealed.id,
          at: input.at,
        } as const;
        await pauseClock(tx, pause, actor);
      }
      await recordEvent(
        tx,
        {
          action: "message.written",
          subjectTable: "tips",
          subjectId: head.tip.id,
          ...trailLead(head.tip),
          data: { tipId: head.tip.id },
          at: input.at,
        },
        actor,
      );
      return { outcome: "written" as const };
    }),
  );
}

/**
 * Triage does not open a closed matter again, and says why in a message. Throws as `writeToReporter` does, and
 * `no_wish` (409) when the wish is answered already.
 */
export async function declineWish(
  db: Database,
  input: Written & { readonly wishId: string },
  actor: StaffActor,
): Promise<{ outcome: "written" | "already" }> {
  return ownId(
    withActor(db, actor, async (tx) => {
      const head = await readThreadHead(tx, { ...input, lockLead: true }, actor);
      if (!hasRole(actor, "triage_officer")) throw notFound();
      if (await isWritten(tx, input)) return { outcome: "already" as const };
      const [wish] = await tx
        .select({ outcome: tipMessages.outcome })
        .from(tipMessages)
        .where(
          and(
            eq(tipMessages.id, input.wishId),
            eq(tipMessages.tipId, head.tip.id),
            eq(tipMessages.kind, "reopen"),
          ),
        )
        .for("update");
      if (wish === undefined || wish.outcome !== null) throw noWish();
      await tx
        .update(tipMessages)
        .set({ outcome: "declined", outcomeOn: chinaDay(input.at) })
        .where(eq(tipMessages.id, input.wishId));
      await storeMessage(tx, head, { ...input, kind: "text" }, actor);
      await recordEvent(
        tx,
        {
          action: "lead.reopen_declined",
          subjectTable: "tips",
          subjectId: head.tip.id,
          ...trailLead(head.tip),
          data: { tipId: head.tip.id },
          at: input.at,
        },
        actor,
      );
      return { outcome: "written" as const };
    }),
  );
}

export function noWish(): DomainError {
  return new DomainError("no_wish", 409, "没有等待答复的重新打开申请，可能同事已经答复。请刷新后查看。");
}

async function storeMessage(
  tx: Tx,
  { tip }: ThreadHead,
  input: Written & { readonly kind: StaffKind },
  actor: StaffActor,
): Promise<void> {
  if (tip.receiptClosedOn !== null) {
    throw new DomainError(
      "receipt_closed",
      409,
      tip.receiptClosedWhy === "withdrawn"
        ? "举报人已经撤回这条举报，消息送不到了。"
        : "这条举报的回执已经到期，消息送不到了。",
    );
  }
  if (tip.contentKey === null || tip.replyKey === null) {
    throw new DomainError("no_tip_keys", 409, "这条举报收到时还没有留言功能，不能给举报人写消息。");
  }
  const today = chinaDay(input.at);
  const { sealed } = input;
  const bytes = (text: string) => Buffer.from(fromBase64url(text));
  await tx.insert(tipMessages).values({
    id: sealed.id,
    tipId: tip.id,
    direction: "out",
    kind: input.kind,
    writtenBy: actor.id,
    agencyId: actor.agencyId,
    writtenOn: today,
    suite: sealed.suite,
    body: bytes(sealed.body),
    contentEnc: bytes(sealed.contentEnc),
    contentBody: bytes(sealed.contentBody),
    replyEnc: bytes(sealed.replyEnc),
    replyBody: bytes(sealed.replyBody),
  });
  await noteNews(tx, { tipIds: [tip.id] }, today);
}

async function isWritten(tx: Tx, { tipId, sealed, at }: Written): Promise<boolean> {
  return (await enterThread(tx, { id: sealed.id, tipId, direction: "out" }, chinaDay(at))) === "already";
}

/** An id that is taken by a message this person does not see is not theirs to use. */
async function ownId<T>(written: Promise<T>): Promise<T> {
  return written.catch((error: unknown) => {
    throw databaseFault(error).constraint === "tip_messages_pkey" ? notFound() : error;
  });
}
