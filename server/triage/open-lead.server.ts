import { v4 as uuidv4 } from "uuid";
import type { Tx } from "~db/client.server";
import { dossierKeys, dossiers, leadSectors, leads } from "~db/schema/leads";
import { foldName, gramsOf } from "~server/dossiers/fold-name.server";
import type { DossierKey } from "~server/dossiers/identifying-key";

/**
 * Opens a lead in 新收 for a report that joins no open one, in its dossier or, if it has none, in a new one. Rows
 * born from a reporter's act: uuidv4 and a date. A racing report with the same key fails on `dossier_keys_pk` or
 * `leads_open_uq`, one that raced with a merge on `leads_dossier_merged`; the caller runs its transaction again and then finds the other's lead.
 */
export async function openLead(
  tx: Tx,
  input: {
    packId: string;
    /** The pack the lead itself belongs to, where the portal holds several. */
    leadPackId?: string;
    /** `keyOwnerId` is the dossier new keys go to: another where a merge leads from it to `id`. */
    dossier: { readonly id: string; readonly keyOwnerId: string } | null;
    keys: readonly DossierKey[];
    name: string;
    sector: string;
    leadingOfficeOnly: boolean;
    today: string;
  },
): Promise<{ leadId: string; dossierId: string }> {
  const dossierId = input.dossier?.id ?? uuidv4();
  if (input.dossier === null) {
    const { packId, name, today } = input;
    const folded = foldName(name);
    await tx.insert(dossiers).values({
      id: dossierId,
      ...{ packId, name, nameOfficeOnly: input.leadingOfficeOnly, openedOn: today },
      ...{ folded, grams: gramsOf(folded) },
    });
  }
  await addDossierKeys(tx, input.packId, input.dossier?.keyOwnerId ?? dossierId, input.keys);
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
