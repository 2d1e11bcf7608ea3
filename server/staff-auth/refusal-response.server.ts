import type { DomainError } from "~server/errors.server";
import { noteRefusal } from "./refusal-notes.server";

/**
 * An expected refusal as a response a staff route throws. The guard uses it too, so a page one may not see and a
 * row that is not there cannot be told apart. Noted for the trail.
 */
export function refusalResponse(error: DomainError): Response {
  noteRefusal(error);
  return new Response(error.publicMessage, {
    status: error.status,
    statusText: error.code,
    headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" },
  });
}
