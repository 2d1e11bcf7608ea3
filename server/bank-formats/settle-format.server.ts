import { eq } from "drizzle-orm";
import { formatProposals } from "~db/schema/bank-formats";
import { settleBy, type Proposals } from "~server/proposals/settle-proposal.server";
import { told } from "./bring-format.server";
import {
  formatChanged,
  formatNotRequested,
  formatRequested,
  formatSettled,
  sayFormatRefusals,
} from "./format-refusals.server";

const FORMATS: Proposals<typeof formatProposals.$inferSelect> = {
  lock: async (tx, id) =>
    (await tx.select().from(formatProposals).where(eq(formatProposals.id, id)).for("update"))[0],
  change: (tx, id, to) => tx.update(formatProposals).set(to).where(eq(formatProposals.id, id)),
  // The one agreed to last is in force: there is nothing more to write.
  putInForce: () => Promise.resolve(),
  told: (act, { id, version }) => told(`bank_format.${act}`, id, version),
  settled: formatSettled,
  changed: formatChanged,
  requested: formatRequested,
  notRequested: formatNotRequested,
};

/** The next file is made, and the next statement read, by the format the second administrator has agreed to. */
export const {
  request: requestFormat,
  agree: agreeToFormat,
  refuse: refuseFormat,
} = settleBy(FORMATS, sayFormatRefusals);
