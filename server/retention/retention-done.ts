/** What the retention page says was done (`staff.retention.done.*`). */
export const RETENTION_DONE = ["placed", "ended", "proposed", "approved", "refused"] as const;
