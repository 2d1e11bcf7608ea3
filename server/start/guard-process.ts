import { randomBytes } from "node:crypto";
import { faultCode, faultTrace } from "~server/log.server";

/** The reference a person may quote and the log has: eight hex digits. */
function tell(what: string, error: unknown): void {
  const reference = randomBytes(4).toString("hex");
  const lines = [`${what} (${reference}): ${faultCode(error)}`, ...faultTrace(error).map((at) => `  ${at}`)];
  process.stderr.write(`${lines.join("\n")}\n`);
}

/**
 * Takes the place of Node's own words about what nobody caught: those print the message, and a database error's holds
 * bound values. Told are a reference, a code and source lines.
 *
 * After an uncaught exception nothing is known of the state it left, so the process ends in order: `end` lets requests
 * under way finish and closes the database. A rejected promise nobody waited for goes on: what it was part of is undone
 * by its transaction, every request judges its own, and ending would let one odd request stop the portal for all.
 */
export function guardProcess(end: () => void): void {
  process.on("uncaughtException", (error, origin) => {
    tell(origin === "unhandledRejection" ? "unhandled rejection" : "uncaught exception", error);
    end();
  });
  process.on("unhandledRejection", (reason) => tell("unhandled rejection", reason));
}
