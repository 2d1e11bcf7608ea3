import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { dossierDismissals } from "~db/schema/dossier-dismissals";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, databaseFault, notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { readDossierInScope } from "./dossier-scope.server";
import { ofDossier } from "./list-dismissals.server";

/**
 * Triage judges two dossiers to be two subjects: neither is suggested to the other until that is taken back. Both must
 * be theirs to see (404 otherwise). Throws `dismissal_known` (409), `dismissal_self` (400).
 */
export async function dismissSuggestion(
  db: Database,
  input: { dossierId: string; otherId: string; reason: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  const done = withActor(db, actor, async (tx) => {
    const dossier = await readDossierInScope(tx, input.dossierId, actor);
    const other = await readDossierInScope(tx, input.otherId, actor);
    if (dossier.id === other.id)
      throw new DomainError("dismissal_self", 400, "这是同一份档案，请选择另一份档案。");
    const [oneId = "", otherId = ""] = [dossier.id, other.id].toSorted();
    const id = uuidv7();
    await tx.insert(dossierDismissals).values({
      ...{ id, oneId, otherId, reason: input.reason },
      ...{ dismissedBy: actor.id, dismissedAt: input.at },
    });
    await tell(
      tx,
      { action: "dossier.suggestion_dismissed", dossierId: dossier.id, id, at: input.at },
      actor,
    );
  });
  await done.catch((error: unknown) => {
    throw databaseFault(error).constraint === "dossier_dismissals_live_uq"
      ? new DomainError("dismissal_known", 409, "已经有人认定这两份档案不是同一主体，请刷新查看。")
      : error;
  });
}

/** Triage takes such a judgement back, whoever made it. Throws `dismissal_gone` (409); 404 for anybody else. */
export async function restoreSuggestion(
  db: Database,
  input: { dossierId: string; dismissalId: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  await withActor(db, actor, async (tx) => {
    const dossier = await readDossierInScope(tx, input.dossierId, actor);
    const [ended] = await tx
      .update(dossierDismissals)
      .set({ endedBy: actor.id, endedAt: input.at })
      .where(
        and(
          eq(dossierDismissals.id, input.dismissalId),
          ofDossier(dossier.id),
          isNull(dossierDismissals.endedAt),
        ),
      )
      .returning({ id: dossierDismissals.id });
    if (ended === undefined) throw new DomainError("dismissal_gone", 409, "这项认定已经撤回，请刷新查看。");
    const event = { action: "dossier.dismissal_ended", dossierId: dossier.id, id: ended.id, at: input.at };
    await tell(tx, event, actor);
  });
}

/** The other dossier is told by the dismissal alone: a body that reads of one need not know of the other. */
async function tell(
  tx: Tx,
  { action, dossierId, id, at }: { action: string; dossierId: string; id: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  await recordEvent(
    tx,
    { action, subjectTable: "dossiers", subjectId: dossierId, data: { dismissal: id }, at },
    actor,
  );
}
