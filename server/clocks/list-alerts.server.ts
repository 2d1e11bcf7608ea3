import { and, desc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { alerts } from "~db/schema/clocks";
import { leads } from "~db/schema/leads";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { namePlace } from "~server/packs/name-place";
import type { Pack } from "~server/packs/grammar";
import { readPackInForce } from "~server/packs/read-stored-pack.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { GROWTH_RULE } from "./weigh-growth.server";

export const ALERTS_A_PAGE = 30;
/** More open ones than this are not counted for the banner. */
export const BANNER_MOST = 99;

/** The figure that raised an alert; amounts are 分 as text. */
export type AlertFigure =
  | { readonly kind: "amount" | "people" | "tips"; readonly value: string; readonly before: null }
  | { readonly kind: "growth" | "surge"; readonly value: string; readonly before: string };

export type AlertView = {
  readonly id: string;
  readonly kind: "major" | "major_office" | "surge_lead" | "surge_place";
  readonly lead: { readonly id: string; readonly number: number; readonly name: string } | null;
  readonly place: string | null;
  readonly figure: AlertFigure;
  readonly clause: string | null;
  readonly raisedOn: string;
  readonly acknowledged: { readonly person: string; readonly at: Date; readonly note: string | null } | null;
};

/** Alerts for triage and audit, newest first, each by the rules of its lead's pack (`pack` is the home one); 404 for anyone else. Those of leads one is recused from are left out. */
export async function listAlerts(
  db: Database,
  input: { readonly acknowledged: boolean; readonly page: number; readonly pack: Pack },
  actor: StaffActor,
): Promise<{ count: number; alerts: AlertView[] }> {
  if (!hasRole(actor, "triage_officer", "auditor")) throw notFound();
  const where = input.acknowledged ? isNotNull(alerts.acknowledgedAt) : isNull(alerts.acknowledgedAt);
  return withActor(db, actor, async (tx) => {
    const [counted] = await tx
      .select({ n: sql<number>`count(*)::int` })
      .from(alerts)
      .where(where);
    const rows = await tx
      .select({
        row: alerts,
        number: leads.number,
        name: leads.name,
        packId: leads.packId,
        person: staff.displayName,
      })
      .from(alerts)
      .leftJoin(leads, eq(leads.id, alerts.leadId))
      .leftJoin(staff, eq(staff.id, alerts.acknowledgedBy))
      .where(where)
      .orderBy(desc(alerts.raisedOn), desc(alerts.id))
      .limit(ALERTS_A_PAGE)
      .offset((input.page - 1) * ALERTS_A_PAGE);
    // Thresholds have the same names in different packs, and different figures behind them.
    const packs = new Map([[input.pack.id, input.pack]]);
    for (const { packId } of rows) {
      if (packId === null || packs.has(packId)) continue;
      packs.set(packId, (await readPackInForce(tx, packId, null))?.pack ?? input.pack);
    }
    return {
      count: counted?.n ?? 0,
      alerts: rows.map(({ row, number, name, packId, person }) => ({
        id: row.id,
        kind: row.kind as AlertView["kind"],
        lead: row.leadId === null ? null : { id: row.leadId, number: number ?? 0, name: name ?? "" },
        place: row.place === null ? null : (namePlace(input.pack, row.place) ?? row.place),
        ...figureOf(packs.get(packId ?? "") ?? input.pack, row),
        raisedOn: row.raisedOn,
        acknowledged:
          row.acknowledgedAt === null
            ? null
            : { person: person ?? "", at: row.acknowledgedAt, note: row.note },
      })),
    };
  });
}

function figureOf(
  pack: Pack,
  { rule, figure }: { rule: string; figure: string },
): { figure: AlertFigure; clause: string | null } {
  const [value = "", before] = figure.split(":");
  if (before !== undefined)
    return { figure: { kind: rule === GROWTH_RULE ? "growth" : "surge", value, before }, clause: null };
  const threshold = pack.escalation.thresholds.find(({ id }) => id === rule);
  return {
    figure: { kind: threshold?.kind ?? "tips", value, before: null },
    clause: threshold?.clause ?? null,
  };
}

/** How many wait for triage, for the line above its pages: at most one more than `BANNER_MOST`; 0 for anyone else. */
export async function countOpenAlerts(db: Database, actor: StaffActor | null): Promise<number> {
  if (actor === null || !hasRole(actor, "triage_officer")) return 0;
  return withActor(db, actor, async (tx) => {
    const open = tx
      .select({ one: sql`1`.as("one") })
      .from(alerts)
      .where(and(isNull(alerts.acknowledgedAt)))
      .limit(BANNER_MOST + 1)
      .as("open");
    const [row] = await tx.select({ n: sql<number>`count(*)::int` }).from(open);
    return row?.n ?? 0;
  });
}
