import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { ledgerRequests } from "~db/schema/ledger-acts";
import type { Clock } from "~server/clock";
import { agreeToRequest } from "~server/ledger/answer-request.server";
import { askRequest, digestRequest, type LedgerRequest } from "~server/ledger/ask-request.server";
import type { Asked } from "~server/ledger/ledger-requests";
import type { TestPerson } from "./make-staff";

export async function digestOf(db: Database, requestId: string): Promise<string> {
  const [row] = await db.orm.select().from(ledgerRequests).where(eq(ledgerRequests.id, requestId));
  return digestRequest(row as LedgerRequest);
}

/** An act on money as two of finance do it: asked for by one, agreed to by the other. Answers the request. */
export async function actByTwo(
  db: Database,
  asked: Asked,
  {
    asker,
    agreer,
    clock,
  }: { readonly asker: TestPerson; readonly agreer: TestPerson; readonly clock: Clock },
): Promise<string> {
  const requestId = randomUUID();
  await askRequest(db, { ...asked, id: requestId, reason: "经查证须如此办理" }, asker.actor, clock);
  const digest = await digestOf(db, requestId);
  await agreeToRequest(db, { requestId, digest }, agreer.actor, clock);
  return requestId;
}
