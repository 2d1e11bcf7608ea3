import path from "node:path";
import type { Env } from "~server/env.server";
import { openCopyMaker, type CopyMaker } from "./make-copy.server";
import { openStore, type EvidenceStore } from "./open-store.server";
import { scanBytes, type Scan } from "./scan-bytes.server";

/** What files need beside the database; made once by the server. */
export type Evidence = {
  readonly store: EvidenceStore;
  readonly makeCopy: CopyMaker;
  /** null where no scanner is set up. */
  readonly scan: (() => Scan) | null;
};

export function openEvidence(env: Pick<Env, "dataDir" | "scanner">): Evidence {
  const { scanner } = env;
  return {
    store: openStore(path.join(env.dataDir, "evidence")),
    makeCopy: openCopyMaker(),
    scan: scanner === null ? null : () => scanBytes(scanner),
  };
}
