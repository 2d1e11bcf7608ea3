/** Tests that take minutes run in `npm run test:full` alone; `npm test` stays short enough to be run before every change. */
export const leftOut = process.env.TEST_FULL === "1" ? [] : ["tests/**/*.long.test.{ts,tsx}"];
