import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { payWindows } from "~db/schema/windows";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import type { Role } from "~server/staff-auth/roles";
import { explainFault } from "./explain-fault.server";
import { windowRefusal } from "./refusals.server";

/** Who sets windows up, two of them for each. */
export const WINDOW_MAKERS: readonly Role[] = [
  "administrator",
  "finance_preparer",
  "finance_reviewer",
  "finance_approver",
];

export type WindowWords = {
  readonly fundId: string;
  /** Two capital letters before the numbers of its slips. */
  readonly code: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly addressZh: string;
  readonly addressEn: string;
  readonly hoursZh: string;
  readonly hoursEn: string;
};

/** Proposes a window; another person opens it. Throws `wrong_role`, `needs_passkey`, `window_words`. */
export async function proposeWindow(
  db: Database,
  input: WindowWords,
  actor: Actor,
  clock: Clock,
): Promise<{ windowId: string }> {
  const at = clock.now();
  return explainFault(
    withActor(db, actor, async (tx) => {
      const { person } = await requireFinanceRole(tx, actor, ...WINDOW_MAKERS);
      const id = uuidv7();
      await tx
        .insert(payWindows)
        .values({ id, ...input, status: "proposed", proposedBy: person.id, proposedAt: at });
      await tell(tx, "window.proposed", id, at, actor);
      return { windowId: id };
    }),
    "window_words",
  );
}

/** A second person opens a proposed window, or refuses it. Throws `propose_other`, `window_unknown` and as above. */
export async function decideWindow(
  db: Database,
  input: { readonly windowId: string; readonly open: boolean },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  const at = clock.now();
  await explainFault(
    withActor(db, actor, async (tx) => {
      const { person } = await requireFinanceRole(tx, actor, ...WINDOW_MAKERS);
      const window = await lockWindow(tx, input.windowId);
      if (window.status !== "proposed") throw windowRefusal("window_unknown");
      if (window.proposedBy === person.id) throw windowRefusal("propose_other");
      await tx
        .update(payWindows)
        .set({ status: input.open ? "open" : "refused", decidedBy: person.id, decidedAt: at })
        .where(eq(payWindows.id, window.id));
      await tell(tx, input.open ? "window.opened" : "window.refused", window.id, at, actor);
    }),
  );
}

/** Closes an open window whose box is empty, for good. Throws `box_not_empty`, `window_unknown` and as above. */
export async function closeWindow(
  db: Database,
  input: { readonly windowId: string },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  const at = clock.now();
  await explainFault(
    withActor(db, actor, async (tx) => {
      const { person } = await requireFinanceRole(tx, actor, ...WINDOW_MAKERS);
      const window = await lockWindow(tx, input.windowId);
      if (window.status !== "open") throw windowRefusal("window_unknown");
      await tx
        .update(payWindows)
        .set({ status: "closed", closedBy: person.id, closedAt: at })
        .where(eq(payWindows.id, window.id));
      await tell(tx, "window.closed", window.id, at, actor);
    }),
  );
}

/** Holds a window until commit: what happens at one happens one after the other. Throws `window_unknown`. */
export async function lockWindow(tx: Tx, windowId: string): Promise<typeof payWindows.$inferSelect> {
  const [window] = await tx.select().from(payWindows).where(eq(payWindows.id, windowId)).for("update");
  if (window === undefined) throw windowRefusal("window_unknown");
  return window;
}

async function tell(
  tx: Tx,
  action: "window.proposed" | "window.opened" | "window.refused" | "window.closed",
  id: string,
  at: Date,
  actor: Actor,
): Promise<void> {
  await recordEvent(tx, { action, subjectTable: "pay_windows", subjectId: id, at }, actor);
}
