/** Messages one side may write about one tip on one day (in China): room for any talk, none for a flood. Client-safe. */
export const MESSAGES_A_DAY = 20;

/** Messages a staff page fetches at once. */
export const MESSAGES_A_PAGE = 30;

/** Messages a reporter's page shows at once, and characters of each: with 60 KB a page has to do (experience.md, 18). */
export const OWN_MESSAGES_A_PAGE = 10;
export const OWN_MESSAGE_SHOWN = 600;
/** Characters of one long message on a page of its own. */
export const OWN_MESSAGE_PART = 5_000;
/** Messages looked back upon for what waits: a question, a wish, something new. */
export const MESSAGES_LOOKED_AT = 100;
