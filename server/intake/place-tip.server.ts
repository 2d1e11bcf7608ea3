import type { Tx } from "~db/client.server";
import { findDossier } from "~server/dossiers/find-dossier.server";
import { dossierKeysOf } from "~server/dossiers/identifying-key";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { addDossierKeys, openLead } from "~server/triage/open-lead.server";
import type { TipFacts } from "./tip-facts";

export type Placement = {
  readonly leadId: string;
  readonly opened: boolean;
  /** Other dossiers that share a key with this report: triage is told. */
  readonly conflictingDossiers: readonly string[];
};

/** What of a report decides where it belongs. */
export type SubjectFacts = Pick<TipFacts, "uscc" | "subjectName" | "sector" | "concernsOfficial"> & {
  readonly identifiers: readonly { readonly kind: string; readonly value: string; readonly key: string }[];
};

/**
 * Finds the lead a report belongs to: an open lead whose subject has an equal key (信用代码, site, app, account, phone),
 * else a new one.
 * Nothing softer joins reports by itself; triage attaches the rest by hand. A lead that begins with a report about an
 * agency or an official is the leading office's alone until triage opens it up.
 */
export async function placeTip(
  tx: Tx,
  input: { facts: SubjectFacts; pack: LoadedPack; today: string },
): Promise<Placement> {
  const packId = input.pack.pack.id;
  const keys = dossierKeysOf(input.facts);
  const match = await findDossier(tx, packId, keys);
  const conflictingDossiers = [...new Set(match.conflicting.map(({ dossierId }) => dossierId))];
  if (match.dossierId !== null && match.openLeadId !== null) {
    await addDossierKeys(tx, packId, match.ownerId, match.newKeys);
    return { leadId: match.openLeadId, opened: false, conflictingDossiers };
  }
  const { leadId } = await openLead(tx, {
    packId,
    dossier: match.dossierId === null ? null : { id: match.dossierId, keyOwnerId: match.ownerId },
    keys: match.newKeys,
    name: subjectLabel(input.facts),
    sector: input.facts.sector,
    leadingOfficeOnly: input.facts.concernsOfficial,
    today: input.today,
  });
  return { leadId, opened: true, conflictingDossiers };
}

/** A placement as the trail tells it. */
export function placementData({ opened, conflictingDossiers }: Placement): Record<string, unknown> {
  return { opened, ...(conflictingDossiers.length > 0 ? { conflictingDossiers } : {}) };
}

/** What the board calls a subject whose name the reporter did not know. */
function subjectLabel(facts: SubjectFacts): string {
  return facts.subjectName || facts.identifiers[0]?.value || facts.uscc || "—";
}
