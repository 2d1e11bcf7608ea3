import type { LoaderFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { queryText } from "~/forms/query-text";
import { staffZh } from "~/i18n/zh-CN/staff";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { exportWatch } from "~server/watch/export-watch.server";
import { WATCH_STATUSES } from "~server/watch/watch-status";

const query = z.object({
  status: z.enum(WATCH_STATUSES).nullable().catch(null).default(null),
  search: queryText(60),
  keyword: queryText(30),
  pack: z.string().max(60).catch("").default(""),
  gone: z.literal("yes").nullable().catch(null).default(null),
});

/** The watch list as filtered, as a file. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { db, packs, clock } = context.portal;
  const { gone, pack, ...asked } = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const text = await answerRefusals(
    exportWatch(
      db,
      {
        packId: packs.of(pack).pack.id,
        filters: { ...asked, goneOnly: gone === "yes" },
        nameStatus: (status) => staffZh.watch.statuses[status],
        at: clock.now(),
      },
      actorOf(context),
    ),
  );
  return new Response(text, {
    headers: {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": 'attachment; filename="watch-list.csv"',
      "Cache-Control": "no-store",
    },
  });
}
