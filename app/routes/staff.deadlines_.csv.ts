import type { LoaderFunctionArgs } from "@remix-run/node";
import { staffZh } from "~/i18n/zh-CN/staff";
import { chinaDay } from "~server/clock";
import { listLateBodies } from "~server/clocks/list-late.server";
import { neutralCsv } from "~server/exchange/neutral-cell";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

/** How late each body is, as a file for a bulletin: numbers alone, no lead. */
export async function loader({ context }: LoaderFunctionArgs) {
  const { db, clock } = context.portal;
  const at = clock.now();
  const bodies = await answerRefusals(listLateBodies(db, at, actorOf(context)));
  const { deadlines: words } = staffZh;
  const head = [
    ...[words.agency, words.lateAccept, words.lateHandle, words.lateDuty, words.longest],
    ...[words.issued, words.answered, words.waiting],
  ];
  const rows = bodies.map((body) => [
    ...[body.name, body.lateAccept, body.lateHandle, body.lateDuty, body.longest],
    ...[body.issued, body.answered, body.issued - body.answered],
  ]);
  return new Response(neutralCsv([head, ...rows]), {
    headers: {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="duban-${chinaDay(at)}.csv"`,
      "Cache-Control": "no-store",
    },
  });
}
