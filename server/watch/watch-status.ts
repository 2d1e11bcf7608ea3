/** What triage decided about a watched company. */
export const WATCH_STATUSES = ["to_look", "watching", "cleared", "lead_opened"] as const;
export type WatchStatus = (typeof WATCH_STATUSES)[number];
