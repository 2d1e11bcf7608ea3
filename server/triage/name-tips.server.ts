import { inArray } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";

/** What tips are about, by id, to name them in the outcome of a bulk act; "" where no name was given. Triage alone. */
export async function nameTips(
  db: Database,
  input: { readonly tipIds: readonly string[] },
  actor: StaffActor,
): Promise<ReadonlyMap<string, string>> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  const rows = await withActor(db, actor, (tx) =>
    tx
      .select({ id: tips.id, name: tips.subjectName })
      .from(tips)
      .where(inArray(tips.id, [...input.tipIds])),
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
