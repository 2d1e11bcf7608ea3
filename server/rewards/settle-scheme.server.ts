import { eq, sql } from "drizzle-orm";
import { schemeProposals } from "~db/schema/scheme-versions";
import { settleBy, type Proposals } from "~server/proposals/settle-proposal.server";
import { told } from "./bring-scheme.server";
import {
  saySchemeRefusals,
  schemeChanged,
  schemeNotRequested,
  schemeRequested,
  schemeSettled,
} from "./scheme-refusals.server";

const SCHEMES: Proposals<typeof schemeProposals.$inferSelect> = {
  lock: async (tx, id) =>
    (await tx.select().from(schemeProposals).where(eq(schemeProposals.id, id)).for("update"))[0],
  change: (tx, id, to) => tx.update(schemeProposals).set(to).where(eq(schemeProposals.id, id)),
  putInForce: (tx, { id, version }, at) =>
    saySchemeRefusals(
      version,
      tx.execute(sql`select put_scheme_in_force(${id}::uuid, ${at.toISOString()}::timestamptz)`),
    ),
  told: (act, { id, schemeId, version }) => told(`scheme.${act}`, id, { id: schemeId, version }),
  settled: schemeSettled,
  changed: schemeChanged,
  requested: schemeRequested,
  notRequested: schemeNotRequested,
};

/**
 * A version decides reports from its first day once the second administrator has agreed. Agreeing may throw
 * `scheme_order`, `scheme_line`, `scheme_version_used` (409) besides.
 */
export const {
  request: requestScheme,
  agree: agreeToScheme,
  refuse: refuseScheme,
} = settleBy(SCHEMES, (work) => saySchemeRefusals("", work));
