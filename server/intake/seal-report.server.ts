import { v4 as uuidv4 } from "uuid";
import type { FileMeta } from "~server/evidence/file-meta";
import type { SealedField } from "~server/secrecy/format";
import { tipPublicKey } from "~server/secrecy/native-hpke.server";
import type { LiveKey } from "~server/secrecy/read-role-keys.server";
import { sealTip, type SealedTip } from "~server/secrecy/seal-tip.server";
import type { TipFacts } from "./tip-facts";

export type SealedReport = SealedTip & {
  /** The public half of the key that follows from the content's data key (`contentKeyPair`). */
  readonly contentPublicKey: Buffer | null;
};

/** What of a report is sealed: the reporter's words, the list of their files, and the moment it came. */
type Sealable = { readonly facts: TipFacts; readonly files?: readonly FileMeta[]; readonly at: Date };

/** A report under a new id, sealed. `keys` are those of `readIntakeKeys`. Touches no database, so that threads may. */
export function sealReport(input: Sealable, keys: ReadonlyMap<string, LiveKey>): SealedReport {
  const sealed = sealTip(uuidv4(), sealedParts(input), keys);
  const { contentKey } = sealed;
  return {
    ...sealed,
    contentPublicKey: contentKey === null ? null : tipPublicKey(contentKey, "tip-content-keypair"),
  };
}

/** The exact moment is for investigators alone; everywhere else a tip has a day. */
function sealedParts({ facts, files = [], at }: Sealable): { field: SealedField; text: string }[] {
  const { narrative, details, identity, contact } = facts.sealed;
  return [
    { field: "narrative", text: narrative },
    { field: "details", text: JSON.stringify({ ...details, arrivedAt: at.toISOString() }) },
    ...(files.length === 0 ? [] : [{ field: "files" as const, text: JSON.stringify(files) }]),
    ...(identity === null ? [] : [{ field: "identity" as const, text: identity }]),
    ...(contact === null ? [] : [{ field: "contact" as const, text: contact }]),
  ];
}
