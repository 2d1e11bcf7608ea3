import { lapseClaims, remindClaims } from "~server/claims/lapse-claims.server";
import { openClaims } from "~server/claims/open-claim.server";
import type { Portal } from "~server/portal.server";

/** What claiming does by itself: windows begin, informants are reminded, and what nobody claimed lapses. */
export async function keepClaims({ db, clock }: Pick<Portal, "db" | "clock">): Promise<void> {
  await openClaims(db, clock);
  await remindClaims(db, clock);
  await lapseClaims(db, clock);
}
