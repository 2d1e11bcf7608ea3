/** What an objection may be against; keys of the catalogues. */
export const OBJECTION_GROUNDS = ["amount", "grade", "share", "excluded", "facts", "other"] as const;
export type ObjectionGround = (typeof OBJECTION_GROUNDS)[number];

/**
 * Working days, both the portal's own default where the scheme and the pack say nothing: how long after accepting an
 * award one may still object to it (until it is booked), and how long the office has to answer.
 */
export const OBJECTION_DAYS = 15;
export const ANSWER_DAYS = 15;
