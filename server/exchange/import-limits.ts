/** Rows and bytes of a file imported on a page; the command line takes larger ones. */
export const IMPORT_ROWS = 5_000;
export const IMPORT_BYTES = 10 * 1024 * 1024;
