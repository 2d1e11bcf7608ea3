import { v4 as uuidv4 } from "uuid";
import type { Tx } from "~db/client.server";
import { dossierKeys, dossiers, leadSectors, leads } from "~db/schema/leads";
import type { DossierKey } from "~server/dossiers/find-dossier.server";

/**
 * Opens a lead in 新收 for a report that joins no open one, in its dossier or, if it has none, in a new one. Rows
 * born from a reporter's act: uuidv4 and a date. A racing report with the same key fails on `dossier_keys_pk` or
 * `leads_open_uq`; the caller runs its transaction again and then finds the other's lead.
 */
export async function openLead(
  tx: Tx,
  input: {
    packId: string;
    /** The pack the lead itself belongs to, where the portal holds several. */
    leadPackId?: string;
    dossierId: string | null;
    keys: readonly DossierKey[];
    name: string;
    sector: string;
    leadingOfficeOnly: boolean;
    today: string;
  },
): Promise<{ leadId: string; dossierId: string }> {
  const dossierId = input.dossierId ?? uuidv4();
  if (input.dossierId === null) {
    await tx
      .insert(dossiers)
      .values({ id: dossierId, packId: input.packId, name: input.name, openedOn: input.today });
  }
  await addDossierKeys(tx, input.packId, dossierId, input.keys);
  const leadId = uuidv4();
  await tx.insert(leads).values({
    id: leadId,
    packId: input.leadPackId ?? input.packId,
    dossierId,
    name: input.name,
    stage: "new",
    leadingOfficeOnly: input.leadingOfficeOnly,
    openedOn: input.today,
  });
  await tx
    .insert(leadSectors)
    .values({ id: uuidv4(), leadId, sector: input.sector, isPrimary: true, fromOn: input.today });
  return { leadId, dossierId };
}

export async function addDossierKeys(
  tx: Tx,
  packId: string,
  dossierId: string,
  keys: readonly DossierKey[],
): Promise<void> {
  if (keys.length === 0) return;
  await tx.insert(dossierKeys).values(keys.map(({ kind, key }) => ({ packId, kind, key, dossierId })));
}
