import type { DomainError } from "~server/errors.server";

/**
 * An expected refusal as a response a staff route throws. The guard uses it too, so a page one may not see and a
 * row that is not there cannot be told apart.
 */
export function refusalResponse(error: DomainError): Response {
  return new Response(error.publicMessage, {
    status: error.status,
    statusText: error.code,
    headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" },
  });
}
