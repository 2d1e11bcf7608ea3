import { and, eq, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { NoticeResult } from "~/forms/notices";
import { notices } from "~db/schema/mail";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { DomainError, databaseFault, notFound } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { passkeyNeeded } from "~server/staff-auth/refusals.server";
import { composeNotice } from "./compose-notice";
import type { MailOutcome } from "./mail-outcome";

/** No mail of a post is begun later than this many ms after it came; with a mail's own bound, a post ends in a minute. */
const BEGIN_WITHIN_MS = 30_000;

type Parts = Pick<Portal, "db" | "clock" | "mailer" | "env" | "log">;

/**
 * Sends notices to the addresses a member's browser opened. Each is claimed in a transaction of its own before its mail
 * leaves, so that of two members at once one finds it taken; what became of it is noted in another. The addresses live
 * in this call alone: nothing here writes, logs or throws one. Ends within a minute, whatever the mail server does.
 * 404 for anyone but the notice desk; `mail_not_set` (409) where there is no way to send mail; `passkey_needed` (403) for
 * demo sessions, but to the demonstration's own mailbox.
 */
export async function sendNotices(
  portal: Parts,
  input: { readonly mails: readonly { readonly noticeId: string; readonly address: string }[] },
  actor: StaffActor,
): Promise<{ results: NoticeResult[] }> {
  if (!hasRole(actor, "notice_desk")) throw notFound();
  if (portal.mailer.kind === "none") throw mailNotSet();
  // A demonstration that was given a real mail server: nobody without a passkey sends by it.
  if (portal.mailer.kind === "smtp" && actor.method !== "passkey") throw passkeyNeeded();
  const since = Date.now();
  return portal.mailer.hold(async () => {
    const results = await Promise.all(
      input.mails.map((mail) => sendOne(portal, { ...mail, until: since + BEGIN_WITHIN_MS }, actor)),
    );
    await recordBatch(portal, results, actor).catch((error: unknown) => note(portal, error));
    return { results };
  });
}

async function sendOne(
  portal: Parts,
  mail: { noticeId: string; address: string; until: number },
  actor: StaffActor,
): Promise<NoticeResult> {
  const { noticeId } = mail;
  let claimed = false;
  // The turn first, the claim second: what waits for its turn is not claimed and may be sent by another.
  const done = await portal.mailer.takeTurn(mail.until - Date.now());
  if (done === null) return { noticeId, state: "untried", fault: null };
  try {
    const language = await claim(portal, noticeId, actor);
    if (language === null) return { noticeId, state: "taken", fault: null };
    claimed = true;
    const outcome = await portal.mailer.send(
      composeNotice({ to: mail.address, language, publicOrigin: portal.env.publicOrigin }),
    );
    await settle(portal, noticeId, outcome, actor);
    return { noticeId, state: outcome.state, fault: outcome.state === "sent" ? null : outcome.fault };
  } catch (error) {
    // The database failed. One whose mail may have left is found by its claim and is not sent again by itself.
    note(portal, error);
    return claimed
      ? { noticeId, state: "unknown", fault: "interrupted" }
      : { noticeId, state: "untried", fault: null };
  } finally {
    done();
  }
}

/** Takes a waiting notice for sending and says its language; null where it does not wait (any more). */
function claim(portal: Parts, noticeId: string, actor: StaffActor): Promise<string | null> {
  const at = portal.clock.now();
  return withActor(portal.db, actor, async (tx) => {
    const [taken] = await tx
      .update(notices)
      .set({
        status: "sending",
        claimedAt: at,
        attempts: sql`${notices.attempts} + 1`,
        fault: null,
        handledBy: actor.id,
        handledOn: chinaDay(at),
      })
      .where(and(eq(notices.id, noticeId), eq(notices.status, "waiting")))
      .returning({ language: notices.language });
    return taken?.language ?? null;
  });
}

function settle(portal: Parts, noticeId: string, outcome: MailOutcome, actor: StaffActor): Promise<void> {
  return withActor(
    portal.db,
    actor,
    async (tx) => {
      await tx
        .update(notices)
        .set({
          // Dropped where later news waits already (0023).
          status: outcome.state === "later" ? "waiting" : outcome.state,
          fault: outcome.state === "sent" ? null : outcome.fault,
          claimedAt: null,
          handledBy: actor.id,
        })
        // One released meanwhile as unknown stays so.
        .where(and(eq(notices.id, noticeId), eq(notices.status, "sending")));
    },
    // Later news came at this moment: looked for again, it is seen.
    { alsoRetry: ({ constraint }) => constraint === "notices_waiting_uq" },
  );
}

async function recordBatch(
  portal: Parts,
  results: readonly NoticeResult[],
  actor: StaffActor,
): Promise<void> {
  const tried = results.filter(({ state }) => state !== "taken" && state !== "untried");
  if (tried.length === 0) return;
  const count = (state: NoticeResult["state"]) => tried.filter((one) => one.state === state).length;
  await withActor(portal.db, actor, (tx) =>
    recordEvent(
      tx,
      {
        action: "notices.sent",
        subjectTable: "notices",
        subjectId: uuidv7(),
        data: {
          sent: count("sent"),
          waiting: count("later"),
          unsent: count("unsent"),
          unknown: count("unknown"),
        },
        at: portal.clock.now(),
      },
      actor,
    ),
  );
}

function note({ log }: Parts, error: unknown): void {
  log.error({ code: databaseFault(error).code ?? "unknown" }, "notice not recorded");
}

function mailNotSet(): DomainError {
  return new DomainError(
    "mail_not_set",
    409,
    "还没有设置邮件服务器，通知暂时发不出去，会继续等待。请联系系统管理人员设置后再发送。",
  );
}
