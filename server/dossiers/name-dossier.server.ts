import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { dossierAliases } from "~db/schema/dossiers";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { databaseFault, DomainError, notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { readDossierInScope, type DossierRow } from "./dossier-scope.server";
import { foldName, gramsOf } from "./fold-name.server";
import { findWritableLead } from "./record-field.server";

/** Triage adds a name the subject is known by too. Refusals: `alias_known` (409), `alias_empty`, `already_merged`. */
export async function addAlias(
  db: Database,
  input: { dossierId: string; name: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  const done = withActor(db, actor, async (tx) => {
    const { dossier, lead } = await openForNames(tx, input.dossierId, actor);
    const folded = foldName(input.name);
    if ([...folded].length < 2)
      throw new DomainError("alias_empty", 400, "别名至少要有两个文字、字母或数字，请修改后再添加。");
    if (folded === foldName(dossier.name)) throw known();
    const id = uuidv7();
    await tx.insert(dossierAliases).values({
      id,
      dossierId: dossier.id,
      ...{ name: input.name, folded, grams: gramsOf(folded) },
      officeOnly: lead.leadingOfficeOnly,
      addedBy: actor.id,
      addedAt: input.at,
    });
    await tell(
      tx,
      { action: "dossier.alias_added", dossierId: dossier.id, leadId: lead.id, aliasId: id, at: input.at },
      actor,
    );
  });
  await done.catch((error: unknown) => {
    throw databaseFault(error).constraint === "dossier_aliases_live_uq" ? known() : error;
  });
}

/** Triage takes an alias away; one that a merge brought goes with that merge alone (`alias_of_merge`). */
export async function endAlias(
  db: Database,
  input: { dossierId: string; aliasId: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  await withActor(db, actor, async (tx) => {
    const { dossier, lead } = await openForNames(tx, input.dossierId, actor);
    const [alias] = await tx
      .select({ id: dossierAliases.id, mergeId: dossierAliases.mergeId })
      .from(dossierAliases)
      .where(
        and(
          eq(dossierAliases.id, input.aliasId),
          eq(dossierAliases.dossierId, dossier.id),
          isNull(dossierAliases.endedAt),
        ),
      )
      .for("update");
    if (alias === undefined) throw new DomainError("alias_gone", 409, "这个别名已经删除，请刷新查看。");
    if (alias.mergeId !== null)
      throw new DomainError(
        "alias_of_merge",
        409,
        "这个别名来自合并的档案，撤销合并时一并取消，不能单独删除。",
      );
    await tx
      .update(dossierAliases)
      .set({ endedAt: input.at, endedBy: actor.id })
      .where(eq(dossierAliases.id, alias.id));
    await tell(
      tx,
      {
        action: "dossier.alias_ended",
        dossierId: dossier.id,
        leadId: lead.id,
        aliasId: alias.id,
        at: input.at,
      },
      actor,
    );
  });
}

async function openForNames(
  tx: Tx,
  dossierId: string,
  actor: StaffActor,
): Promise<{ dossier: DossierRow; lead: { id: string; leadingOfficeOnly: boolean } }> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  const dossier = await readDossierInScope(tx, dossierId, actor, { lock: true });
  if (dossier.mergedInto !== null)
    throw new DomainError("already_merged", 409, "这份档案已经并入其他档案，请在并入后的档案中修改。");
  const lead = await findWritableLead(tx, dossier.id, actor);
  if (lead === null) throw notFound();
  return { dossier, lead };
}

/** The name itself stays out of the trail, which every body that holds the lead reads. */
async function tell(
  tx: Tx,
  input: { action: string; dossierId: string; leadId: string; aliasId: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  const { action, dossierId, leadId, aliasId, at } = input;
  await recordEvent(
    tx,
    { action, subjectTable: "dossiers", subjectId: dossierId, leadId, data: { alias: aliasId }, at },
    actor,
  );
}

function known(): DomainError {
  return new DomainError("alias_known", 409, "这份档案已经有这个名称，不必再添加。");
}
