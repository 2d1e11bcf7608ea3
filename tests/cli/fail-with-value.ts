// A command that fails in the way and with the value its arguments say.
import { sql } from "drizzle-orm";
import { runCommand } from "~server/cli/run-command";
import { withDatabase } from "~server/cli/with-database";

const [how, value] = process.argv.slice(2);

await runCommand("fail", () =>
  withDatabase(async ({ db }) => {
    if (how === "drizzle") await db.orm.execute(sql`select ${value}::int`);
    if (how === "driver") await db.pool.query("select $1::int", [value]);
    throw new Error(value);
  }),
);
