import { eq } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { supervisions } from "~db/schema/clocks";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { readLeadInScope } from "~server/triage/lead-scope.server";
import { bodyAnswers } from "./list-late.server";

/**
 * Records a body's answer to a 督办: by its own officer; by triage where the body has no accounts, or holds the lead no
 * more and cannot answer itself. Refusals: `not_found`, `answered` (409), `body_answers` (403) for triage where the body
 * can answer.
 */
export async function answerSupervision(
  db: Database,
  input: { readonly supervisionId: string; readonly answer: string; readonly at: Date },
  actor: StaffActor,
): Promise<void> {
  await withActor(db, actor, async (tx) => {
    if (!/^[0-9a-f-]{36}$/.test(input.supervisionId)) throw notFound();
    const [asked] = await tx
      .select()
      .from(supervisions)
      .where(eq(supervisions.id, input.supervisionId))
      .for("update");
    if (asked === undefined) throw notFound();
    const lead = await readLeadInScope(tx, asked.leadId, actor);
    const own = hasRole(actor, "agency_officer") && actor.agencyId === asked.agencyId;
    if (!own && !hasRole(actor, "triage_officer")) throw notFound();
    if (asked.answer !== null) {
      throw new DomainError("answered", 409, "这件督办已经答复。请刷新后查看。");
    }
    if (!own && (await canAnswer(tx, asked.id))) {
      throw new DomainError("body_answers", 403, "这件督办由承办单位自己答复，不能代为登记。");
    }
    await tx
      .update(supervisions)
      .set({ answer: input.answer, answeredBy: actor.id, answeredAt: input.at })
      .where(eq(supervisions.id, asked.id));
    await recordEvent(
      tx,
      {
        action: "supervision.answered",
        subjectTable: "supervisions",
        subjectId: asked.id,
        leadId: lead.id,
        data: { number: `${asked.year}-${asked.no}`, agency: asked.agencyId, note: input.answer },
        at: input.at,
      },
      actor,
    );
  });
}

async function canAnswer(tx: Tx, supervisionId: string): Promise<boolean> {
  const [row] = await tx
    .select({ answers: bodyAnswers() })
    .from(supervisions)
    .where(eq(supervisions.id, supervisionId));
  return row?.answers === true;
}
