import { DomainError, databaseFault } from "~server/errors.server";

/**
 * PostgreSQL codes after which the same act may be done again: serialization failure, deadlock, a connection that
 * failed (class 08), a server that ended or starts (57P01–57P03).
 */
const AGAIN = /^(40001|40P01|08...|57P0[1-3])$/;

/** The network's own codes for a lost connection; PostgreSQL was not heard. */
const LOST = new Set(["ECONNRESET", "ECONNREFUSED", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "ENOTCONN"]);

/** What `pg` says, without any code, where the connection ended under a statement or before it. None holds a value. */
const ENDED =
  /^(Connection terminated( unexpectedly| due to connection timeout)?|Client has encountered a connection error and is not queryable|Client was closed and is not queryable|timeout exceeded when trying to connect)$/;

const ATTEMPTS = 9;
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 1_500;

/**
 * Does a posting act, and does it again where PostgreSQL or the connection to it failed, until it has an answer
 * (invariant 19). `work` is the whole act with its own transaction and must post under an idempotency key of its
 * input: where COMMIT was carried out and only its reply was lost, the next attempt finds the posting and is that
 * posting. Waits a random time up to 20 ms, doubled each time up to 1.5 s, about 5 s in all; then throws
 * `posting_unconfirmed` (503). Every other error, and every refusal, is thrown at once.
 */
export async function retryPosting<T>(
  work: () => Promise<T>,
  { attempts = ATTEMPTS }: { readonly attempts?: number } = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!mayTryAgain(error)) throw error;
      if (attempt >= attempts) throw unconfirmed();
      const longest = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
      await new Promise((resume) => setTimeout(resume, longest * Math.random()));
    }
  }
}

/** Whether a fault is one of timing or of the connection, and says nothing against the act itself. */
export function mayTryAgain(error: unknown): boolean {
  if (error instanceof DomainError) return false;
  const { code } = databaseFault(error);
  if (code !== undefined) return AGAIN.test(code);
  let at: unknown = error;
  for (let depth = 0; depth < 5 && typeof at === "object" && at !== null; depth += 1) {
    const fault = at as { code?: unknown; message?: unknown; cause?: unknown };
    if (typeof fault.code === "string" && LOST.has(fault.code)) return true;
    if (typeof fault.message === "string" && ENDED.test(fault.message)) return true;
    at = fault.cause;
  }
  return false;
}

/** Truthful: after a lost reply nobody knows; the same form again posts it once, whatever happened. */
function unconfirmed(): DomainError {
  return new DomainError(
    "posting_unconfirmed",
    503,
    "数据库暂时没有回应，这笔账是否记上尚未确认。请稍后刷新查看；再次提交同一张表单，也只会记一次账。",
  );
}
