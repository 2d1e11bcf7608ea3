import { DomainError } from "~server/errors.server";
import { noteRefusal } from "./refusal-notes.server";
import { refusalResponse } from "./refusal-response.server";

/** For loaders: an expected refusal becomes the response it stands for (404 stays 404), anything else goes on. */
export async function answerRefusals<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DomainError) throw refusalResponse(error);
    throw error;
  }
}

/**
 * For actions: an expected refusal comes back as a value, so that the page can say it beside what was typed. "Not
 * there" and "not yours" stay a 404 page.
 */
export async function catchRefusal<T>(
  work: Promise<T>,
): Promise<{ ok: true; value: T } | { ok: false; refusal: DomainError }> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.status === 404) throw refusalResponse(error);
    noteRefusal(error);
    return { ok: false, refusal: error };
  }
}
