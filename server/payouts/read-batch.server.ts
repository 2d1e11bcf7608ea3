import { asc, desc, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { funds } from "~db/schema/ledger";
import { lineDecisions } from "~db/schema/bank-statements";
import { batchReleases, payoutBatches, payoutFiles } from "~db/schema/payout-batches";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { refusalSentence } from "~server/ledger/refusals.server";
import { requireMoneyReader } from "~server/ledger/require-finance-role.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { batchNumber, readLines } from "./lock-batch.server";
import type { BatchState } from "./list-batches.server";
import { readExamplePayer } from "./read-payer.server";
import { payoutSentence } from "./refusals.server";

/** A batch as its page shows it: code names, amounts, states; never a payee (invariant 17). */
export async function readBatch(db: Database, batchId: string, actor: StaffActor) {
  if (!/^[0-9a-f-]{36}$/.test(batchId)) throw notFound();
  return withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const [batch] = await tx.select().from(payoutBatches).where(eq(payoutBatches.id, batchId));
    if (batch === undefined) throw notFound();
    const lines = await readLines(tx, batch.id);
    const releases = await tx
      .select({ actorId: batchReleases.actorId, signedAt: batchReleases.signedAt, hash: batchReleases.hash })
      .from(batchReleases)
      .where(eq(batchReleases.batchId, batch.id))
      .orderBy(asc(batchReleases.position));
    const files = await tx
      .select()
      .from(payoutFiles)
      .where(eq(payoutFiles.batchId, batch.id))
      .orderBy(desc(payoutFiles.madeAt), desc(payoutFiles.id));
    const decisions =
      lines.length === 0
        ? []
        : await tx
            .select()
            .from(lineDecisions)
            .where(
              inArray(
                lineDecisions.lineId,
                lines.map(({ id }) => id),
              ),
            );
    const { rows: handed } = await tx.execute<{ n: string }>(
      sql`select count(*)::text as n from handed_payees(${batch.id})`,
    );
    const [fund] = await tx.select({ source: funds.source }).from(funds).where(eq(funds.id, batch.fundId));
    const people = await tx.select({ id: staff.id, name: staff.displayName }).from(staff);
    const name = (id: string) => people.find((person) => person.id === id)?.name ?? "";
    const total = lines.reduce((sum, { amountFen }) => sum + amountFen, 0n);
    const signed = releases.some(({ actorId }) => actorId === actor.id);
    return {
      id: batch.id,
      number: batchNumber(batch),
      status: batch.status as BatchState,
      hash: batch.hash.toString("hex"),
      examplePayer: await readExamplePayer(tx, batch),
      source: fund?.source ?? "",
      preparedBy: name(batch.preparedBy),
      preparedAt: batch.preparedAt,
      cashier: name(batch.cashierId),
      sentAt: batch.sentAt,
      cancelReason: batch.cancelReason,
      totalFen: total.toString(),
      handed: Number(handed[0]?.n ?? 0),
      releases: releases.map(({ actorId, signedAt, hash }) => ({
        person: name(actorId),
        signedAt,
        hash: hash.toString("hex"),
      })),
      files: files.map(({ id, kind, sha256, madeAt }) => ({
        id,
        kind: kind as "pain001" | "csv",
        sha256,
        madeAt,
        wasSent: id === batch.sentFileId,
      })),
      lines: lines.map(({ id, position, codeName, amountFen, reference, state }) => ({
        id,
        position,
        codeName,
        amountFen: amountFen.toString(),
        reference,
        state: state as LineState,
        said: decisions.find(({ lineId }) => lineId === id)?.bankAnswer ?? null,
        saidByMe: decisions.find(({ lineId }) => lineId === id)?.saidBy === actor.id,
      })),
      may: {
        release: batch.status === "frozen" ? whyNotRelease(batch, signed, actor) : null,
        hand: batch.status === "released" && signed && hasRole(actor, "finance_approver") && passkey(actor),
        file: batch.status === "released" && batch.cashierId === actor.id && passkey(actor),
        cancel:
          ["frozen", "released"].includes(batch.status) &&
          hasRole(actor, "finance_preparer", "finance_reviewer", "finance_approver", "cashier") &&
          passkey(actor),
        mark: batch.cashierId === actor.id && passkey(actor),
        say: !hasRole(actor, "auditor") && passkey(actor),
        agree: hasRole(actor, "finance_reviewer", "finance_approver") && passkey(actor),
      },
    };
  });
}

export type LineState =
  "frozen" | "released" | "sent" | "unknown" | "settled" | "rejected" | "bounced" | "not_sent" | "cancelled";

export type BatchView = Awaited<ReturnType<typeof readBatch>>;

const passkey = (actor: StaffActor) => actor.method !== "demo";

/** Why the release is closed to the viewer, in a sentence; null when it is open. */
function whyNotRelease(
  batch: { readonly preparedBy: string; readonly cashierId: string },
  signed: boolean,
  actor: StaffActor,
): { readonly why: string | null } {
  if (!hasRole(actor, "finance_reviewer", "finance_approver")) return { why: refusalSentence("wrong_role") };
  if (!passkey(actor)) return { why: refusalSentence("needs_passkey") };
  if (signed) return { why: payoutSentence("release_once") };
  if (actor.id === batch.preparedBy || actor.id === batch.cashierId)
    return { why: payoutSentence("release_apart") };
  return { why: null };
}
