import type pg from "pg";
import type { RawAnswers } from "~/forms/report";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { sendReport } from "./make-lead";

export type Sent = { readonly tipId: string; readonly leadId: string; readonly dossierId: string };

let mark = 0;
/** A host name no other report of the test has. */
export const freshSite = () => `m${(mark += 1)}`;

/** Answers of a report about the subject of a site. */
export const about = (site: string, name = "禾苗理财", extra: RawAnswers = {}): RawAnswers => ({
  subject: { name, sites: `https://${site}.example/` },
  ...extra,
});

/** A report sent, with the dossier of its lead. */
export async function sendToDossier(portal: Portal, owner: pg.Pool, over: RawAnswers): Promise<Sent> {
  const sent = await sendReport(portal, over);
  const { rows } = await owner.query<{ id: string }>("select dossier_id as id from leads where id = $1", [
    sent.leadId,
  ]);
  return { ...sent, dossierId: rows[0]?.id ?? "" };
}

/** Puts a lead into a stage with its clocks and a holder, as if it had got there. */
export async function settleLead(
  owner: pg.Pool,
  lead: { leadId: string; stage: "new" | "triage" | "dispatched" | "investigating"; major: boolean },
  holder: StaffActor,
): Promise<void> {
  const { leadId, stage, major } = lead;
  await owner.query(
    `update leads set stage = $2, is_major = $3, dispatched_at = case when $2 in ('dispatched','investigating')
       then timestamptz '2026-03-01 01:02:03Z' end, accept_due_on = '2026-03-16', handle_due_on = '2026-04-30' where id = $1`,
    [leadId, stage, major],
  );
  if (stage === "dispatched" || stage === "investigating")
    await owner.query(
      `insert into lead_agencies (id, lead_id, agency_id, relation) values (gen_random_uuid(), $1, $2, 'lead')`,
      [leadId, holder.agencyId],
    );
}
