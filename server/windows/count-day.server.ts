import { and, eq, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { windowDays, windowGuards, windowMovements } from "~db/schema/windows";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import { explainFault } from "./explain-fault.server";
import { windowRefusal } from "./refusals.server";
import { lockWindow } from "./set-up-window.server";

/** What a window holds by its book, in 分. */
export async function bookOf(tx: Tx, windowId: string): Promise<bigint> {
  const [row] = await tx
    .select({ total: sql<string>`coalesce(sum(${windowMovements.amountFen}), 0)::text` })
    .from(windowMovements)
    .where(eq(windowMovements.windowId, windowId));
  return BigInt(row?.total ?? "0");
}

/**
 * A clerk ends today at a window: what was counted against the book. Where they agree the day is closed; a difference is
 * explained and waits for a second person. From now nothing is dated in that day. `bookFen` is what the clerk was shown.
 * Throws `wrong_role`, `needs_passkey`, `count_invalid`, `difference_unexplained`, `count_changed`, `count_again`.
 */
export async function countDay(
  db: Database,
  input: {
    readonly windowId: string;
    readonly countedFen: bigint;
    readonly bookFen: bigint;
    readonly explanation: string;
  },
  actor: Actor,
  clock: Clock,
): Promise<{ closed: boolean }> {
  const at = clock.now();
  const day = chinaDay(at);
  return explainFault(
    withActor(db, actor, async (tx) => {
      const { person } = await requireFinanceRole(tx, actor, "window_clerk");
      if (input.countedFen < 0n) throw windowRefusal("count_invalid");
      const window = await lockWindow(tx, input.windowId);
      const bookFen = await bookOf(tx, window.id);
      if (bookFen !== input.bookFen) throw windowRefusal("count_changed");
      const agrees = bookFen === input.countedFen;
      const words = input.explanation.trim();
      if (!agrees && (words.length < 5 || words.length > 300)) throw windowRefusal("difference_unexplained");
      await tx.insert(windowDays).values({
        windowId: window.id,
        day,
        countedFen: input.countedFen,
        bookFen,
        explanation: agrees ? null : words,
        status: agrees ? "closed" : "counted",
        countedBy: person.id,
        countedAt: at,
      });
      await recordEvent(
        tx,
        {
          action: agrees ? "window.day_closed" : "window.day_counted",
          subjectTable: "pay_windows",
          subjectId: window.id,
          data: { day, bookFen: bookFen.toString(), countedFen: input.countedFen.toString() },
          at,
        },
        actor,
      );
      return { closed: agrees };
    }),
    "difference_unexplained",
  );
}

/** A second person agrees to an explained difference and closes the day. Throws `agree_other`, `count_again`. */
export async function agreeDay(
  db: Database,
  input: { readonly windowId: string; readonly day: string },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  const at = clock.now();
  await withActor(db, actor, async (tx) => {
    const { person } = await requireFinanceRole(
      tx,
      actor,
      "window_clerk",
      "cashier",
      "finance_reviewer",
      "finance_approver",
    );
    const of = and(eq(windowDays.windowId, input.windowId), eq(windowDays.day, input.day));
    await lockWindow(tx, input.windowId);
    const [counted] = await tx.select().from(windowDays).where(of);
    if (counted?.status !== "counted") throw windowRefusal("count_again");
    if (counted.countedBy === person.id) throw windowRefusal("agree_other");
    await tx.update(windowDays).set({ status: "closed", agreedBy: person.id, agreedAt: at }).where(of);
    await recordEvent(
      tx,
      {
        action: "window.day_closed",
        subjectTable: "pay_windows",
        subjectId: input.windowId,
        data: {
          day: input.day,
          bookFen: counted.bookFen.toString(),
          countedFen: counted.countedFen.toString(),
        },
        at,
      },
      actor,
    );
  });
}

/** Finance or a cashier unlocks a window after wrong codes, by name. Throws `not_locked`, `wrong_role`, `needs_passkey`. */
export async function unlockWindow(
  db: Database,
  input: { readonly windowId: string },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  const at = clock.now();
  await withActor(db, actor, async (tx) => {
    const { person } = await requireFinanceRole(
      tx,
      actor,
      "cashier",
      "finance_preparer",
      "finance_reviewer",
      "finance_approver",
    );
    const unlocked = await tx
      .update(windowGuards)
      .set({ wrong: 0, lockedAt: null, unlockedBy: person.id, unlockedAt: at })
      .where(and(eq(windowGuards.windowId, input.windowId), sql`${windowGuards.lockedAt} is not null`))
      .returning({ id: windowGuards.windowId });
    if (unlocked.length === 0) throw windowRefusal("not_locked");
    await recordEvent(
      tx,
      { action: "window.unlocked", subjectTable: "pay_windows", subjectId: input.windowId, at },
      actor,
    );
  });
}
