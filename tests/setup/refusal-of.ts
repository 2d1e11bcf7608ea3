import { DomainError } from "~server/errors.server";

/** The code of the expected refusal that `attempt` ends in, or "accepted"; any other error is thrown on. */
export async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return "accepted";
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}
