import { and, asc, count, eq } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { leads } from "~db/schema/leads";
import { awards, rewardPools } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { refusal } from "~server/ledger/refusals.server";
import type { Actor } from "~server/staff-auth/actor";
import { readFinding } from "./build-case.server";
import { describeChoices } from "./describe-choices";
import { findScheme, listSchemesOn } from "./find-scheme.server";
import { requirePreparerToRead } from "./list-assessable.server";
import { parseScheme } from "./load-scheme.server";

/** As many informants as one computation takes (buildCase). */
export const MOST_INFORMANTS = 500;

/**
 * What the preparer sees of one lead before computing: the finding, who asked for a reward in the order they came
 * (mode and day, nothing else), the scheme that applied on the first one's day and what it leaves to choose. Throws
 * `not_found`, `finding_missing`, `finding_not_final`, `informant_unknown` (nobody asked), `scheme_missing`.
 */
export async function readAssessable(
  db: Database,
  input: { readonly leadId: string; readonly schemeId: string; readonly shown: number },
  actor: Actor,
) {
  return withActor(db, actor, async (tx) => {
    await requirePreparerToRead(tx, actor);
    const [lead] = await tx.select().from(leads).where(eq(leads.id, input.leadId));
    if (lead === undefined) throw notFound();
    const finding = await readFinding(tx, lead.id);
    const asked = and(eq(tips.leadId, lead.id), eq(tips.wantsReward, true));
    const informants = await tx
      .select({ tipId: tips.id, mode: tips.mode, arrivedOn: tips.arrivedOn })
      .from(tips)
      .where(asked)
      .orderBy(asc(tips.arrivalNo))
      .limit(Math.min(input.shown, MOST_INFORMANTS));
    const [first] = informants;
    if (first === undefined) throw refusal("informant_unknown");
    const [{ total } = { total: 0 }] = await tx.select({ total: count() }).from(tips).where(asked);
    const row = await findScheme(tx, input.schemeId, first.arrivedOn);
    const { scheme } = parseScheme(row.content, "stored scheme");
    return {
      lead: { id: lead.id, number: lead.number, name: lead.name },
      finding: {
        decisionNumber: finding.decisionNumber,
        decidedOn: finding.decidedOn,
        isFinal: finding.isFinal,
        amounts: {
          illegalAmount: finding.illegalAmountFen,
          penalty: finding.penaltyFen,
          illegalGains: finding.illegalGainsFen,
          collected: finding.collectedFen,
        },
      },
      informants: informants.map((tip, index) => ({ ...tip, order: index + 1 })),
      total,
      scheme: {
        id: scheme.id,
        version: scheme.version,
        title: scheme.title.zh,
        source: scheme.source.zh,
        editableDefault: scheme.editableDefault,
        currency: scheme.currency,
        choices: describeChoices(scheme),
      },
      schemes: await listSchemes(tx, first.arrivedOn),
      live: await readLivePool(tx, lead.id),
    };
  });
}

/** The schemes in force on a day, one line each. */
async function listSchemes(tx: Tx, day: string) {
  const rows = await listSchemesOn(tx, day);
  return rows.map(({ id, content }) => ({
    id,
    title: parseScheme(content, "stored scheme").scheme.title.zh,
  }));
}

/** The computation a new one would replace, and whether one of its awards already went too far. */
async function readLivePool(tx: Tx, leadId: string) {
  const [pool] = await tx
    .select({ id: rewardPools.id, amountFen: rewardPools.amountFen, computedAt: rewardPools.computedAt })
    .from(rewardPools)
    .where(
      and(eq(rewardPools.leadId, leadId), eq(rewardPools.stage, "final"), eq(rewardPools.status, "live")),
    );
  if (pool === undefined) return null;
  const own = await tx.select({ status: awards.status }).from(awards).where(eq(awards.poolId, pool.id));
  const open = ["drafted", "prepared", "reviewed", "rejected"];
  return { ...pool, replaceable: own.every((award) => open.includes(award.status)) };
}
