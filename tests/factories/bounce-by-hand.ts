import type { Database } from "~db/client.server";
import { payouts } from "~db/schema/payouts";
import type { Clock } from "~server/clock";
import { eq } from "drizzle-orm";
import { actByTwo } from "./by-two";
import { makeStaff } from "./make-staff";

/** That a payment by hand came back, as two of finance say it. Answers the request. */
export async function bounceByHand(
  db: Database,
  { payoutId, bouncedOn }: { readonly payoutId: string; readonly bouncedOn: string },
  clock: Clock,
): Promise<string> {
  const [payout] = await db.orm
    .select({ awardId: payouts.awardId })
    .from(payouts)
    .where(eq(payouts.id, payoutId));
  const asker = await makeStaff(db, ["finance_preparer"]);
  const agreer = await makeStaff(db, ["finance_approver"]);
  const asked = {
    kind: "bounce" as const,
    awardId: payout?.awardId ?? payoutId,
    payoutId,
    eventOn: bouncedOn,
  };
  return actByTwo(db, asked, { asker, agreer, clock });
}
