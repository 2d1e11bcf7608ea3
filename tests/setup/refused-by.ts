import { databaseFault } from "~server/errors.server";

/** The constraint that refuses `attempt`, or the PostgreSQL code, or "accepted". */
export async function refusedBy(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return "accepted";
  } catch (error) {
    const fault = databaseFault(error);
    return fault.constraint ?? fault.code ?? "another error";
  }
}
