import { eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { boardOptions } from "~db/schema/board";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";

export type BoardOptions = {
  /** Soft limits of cards by stage: a hint on the board, never a lock. */
  readonly stageLimits: Readonly<Record<string, number>>;
  readonly personLimit: number | null;
  /** Whether 轮派 is the choice a form offers first. */
  readonly inTurn: boolean;
};

export async function readBoardOptions(db: Database, actor: StaffActor): Promise<BoardOptions> {
  return withActor(db, actor, async (tx) => {
    const [row] = await tx.select().from(boardOptions).where(eq(boardOptions.agencyId, actor.agencyId));
    return {
      stageLimits: (row?.stageLimits ?? {}) as Record<string, number>,
      personLimit: row?.personLimit ?? null,
      inTurn: row?.inTurn ?? false,
    };
  });
}

/** Sets how one's own body works its board; 404 for who does not work it. */
export async function setBoardOptions(
  db: Database,
  input: BoardOptions & { readonly at: Date },
  actor: StaffActor,
): Promise<void> {
  if (!hasRole(actor, "triage_officer", "agency_officer")) throw notFound();
  const { stageLimits, personLimit, inTurn, at } = input;
  await withActor(db, actor, async (tx) => {
    const set = { stageLimits, personLimit, inTurn, setBy: actor.id, setAt: at };
    await tx
      .insert(boardOptions)
      .values({ agencyId: actor.agencyId, ...set })
      .onConflictDoUpdate({ target: boardOptions.agencyId, set });
    await recordEvent(
      tx,
      {
        action: "board.options_set",
        subjectTable: "agencies",
        subjectId: actor.agencyId,
        data: { stageLimits, personLimit, inTurn },
        at,
      },
      actor,
    );
  });
}
