import { z } from "zod";
import { addDays } from "~server/clock";
import type { BoardFilters } from "~server/triage/narrow-board.server";
import { STAGES } from "~server/triage/stages";
import { queryText } from "./query-text";

export const BOARD_SORTS = ["newest", "oldest", "due"] as const;
/** Days since a lead was opened, for the age filter. */
export const AGES = ["7", "30", "60"] as const;
export const ENTITY_CLASSES = ["compliant", "rectify", "ban"] as const;

/** Everything of a view is in its address: what is not understood is no filter. */
export const boardQuery = z.object({
  /** Whose plan, where the portal holds several. */
  pack: queryText(60),
  sector: queryText(40),
  agency: queryText(100),
  place: queryText(20),
  class: z.enum(ENTITY_CLASSES).or(z.literal("")).catch(""),
  major: z.literal("yes").or(z.literal("")).catch(""),
  due: z.enum(["over", "near"]).or(z.literal("")).catch(""),
  assignee: z
    .string()
    .regex(/^(me|none|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/)
    .catch(""),
  news: z.literal("yes").or(z.literal("")).catch(""),
  age: z.enum(AGES).or(z.literal("")).catch(""),
  name: queryText(100),
  sort: z.enum(BOARD_SORTS).catch("newest"),
  stage: z.enum(STAGES).optional().catch(undefined),
});
export type BoardQuery = z.output<typeof boardQuery>;

/** The names a saved view keeps of an address; the rest (an open card, a page, what was just done) is of the moment. */
export const VIEW_PARAMS = Object.keys(boardQuery.shape) as (keyof BoardQuery)[];

/** The part of a query that makes the view, in one order, without what is empty. */
export function viewQuery(params: URLSearchParams): string {
  const kept = new URLSearchParams();
  const asked = boardQuery.parse(Object.fromEntries(params));
  for (const name of VIEW_PARAMS) {
    const value = asked[name];
    if (value !== undefined && value !== "" && !(name === "sort" && value === "newest"))
      kept.set(name, value);
  }
  return kept.toString();
}

/** `today` is YYYY-MM-DD in China; `me` the viewer's id: a shared 我的 is each viewer's own. */
export function filtersOf(asked: BoardQuery, today: string, me: string): BoardFilters {
  return {
    packId: asked.pack,
    sector: asked.sector,
    agencyId: asked.agency,
    place: asked.place,
    entityClass: asked.class,
    majorOnly: asked.major === "yes",
    ...(asked.due === "" ? {} : { due: asked.due }),
    assignee: asked.assignee === "me" ? me : asked.assignee,
    newsOnly: asked.news === "yes",
    ...(asked.age === "" ? {} : { openedBy: addDays(today, -Number(asked.age)) }),
    name: asked.name,
    today,
  };
}

/** Whether a view narrows anything: an unfiltered board has exact counts. */
export function isFiltered(asked: BoardQuery): boolean {
  return VIEW_PARAMS.some((name) => !["sort", "stage"].includes(name) && asked[name] !== "");
}
