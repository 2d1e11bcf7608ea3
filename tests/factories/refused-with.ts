import { DomainError } from "~server/errors.server";

/** The code of the DomainError that refuses `attempt`, or "done"; any other fault is thrown on. */
export async function refusedWith(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return "done";
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}
