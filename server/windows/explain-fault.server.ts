import { databaseFault } from "~server/errors.server";
import { REFUSED_BY, windowRefusal, type WindowRefusal } from "./refusals.server";

/** Runs an act at a window; what the database refuses comes back in one sentence, others' rules as `otherwise`. */
export async function explainFault<T>(work: Promise<T>, otherwise?: WindowRefusal): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code, constraint } = databaseFault(error);
    const known = constraint === undefined ? undefined : REFUSED_BY[constraint];
    if (known !== undefined) throw windowRefusal(known);
    if (code === "23514" && otherwise !== undefined) throw windowRefusal(otherwise);
    throw error;
  }
}
