import { customType, timestamp } from "drizzle-orm/pg-core";

/** Raw bytes (hashes, keys, sealed bodies). */
export const bytea = customType<{ data: Buffer; driverData: Buffer }>({
  dataType: () => "bytea",
});

/** An instant in UTC. Never used for rows born from a reporter's act: those carry a `date` only. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date", precision: 3 });
