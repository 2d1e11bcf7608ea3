/** Messages one side may write about one tip on one day (in China): room for any talk, none for a flood. Client-safe. */
export const MESSAGES_A_DAY = 20;

/** The latest messages a reporter is shown at once, and a staff page fetches at once. */
export const MESSAGES_SHOWN = 100;
export const MESSAGES_A_PAGE = 30;
