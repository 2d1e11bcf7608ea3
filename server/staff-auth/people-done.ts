/** What the people page says was done, by its key in the catalogue (`people.done.*`). Client-safe. */
export const PEOPLE_DONE = [
  ...(["granted", "requested", "revoked", "suspended", "reinstated"] as const),
  ...(["confirmed", "refused", "passkeyRevoked", "invitedByMail", "emailSet"] as const),
] as const;
export type PeopleDone = (typeof PEOPLE_DONE)[number];
