/**
 * The one kind of error a person outside the code may read.
 * `code` is stable (tests and catalogues key on it); `publicMessage` is a whole sentence in the
 * reader's language that says what to do next and holds no datum of a reporter.
 */
export class DomainError extends Error {
  readonly code: string;
  readonly status: number;
  readonly publicMessage: string;

  constructor(code: string, status: number, publicMessage: string) {
    super(code);
    this.name = "DomainError";
    this.code = code;
    this.status = status;
    this.publicMessage = publicMessage;
  }
}

/** "Not yours" and "not there" are the same answer, so that ids cannot be probed. */
export function notFound(): DomainError {
  return new DomainError("not_found", 404, "没有找到这一页，或者它不属于您的职责范围。");
}

/** Reads the PostgreSQL error code and constraint through drizzle's wrapper, never its message. */
export function databaseFault(error: unknown): { code?: string; constraint?: string } {
  let at: unknown = error;
  for (let depth = 0; depth < 5 && typeof at === "object" && at !== null; depth += 1) {
    const fault = at as { code?: unknown; constraint?: unknown; cause?: unknown };
    if (typeof fault.code === "string" && /^[0-9A-Z]{5}$/.test(fault.code)) {
      return {
        code: fault.code,
        constraint: typeof fault.constraint === "string" ? fault.constraint : undefined,
      };
    }
    at = fault.cause;
  }
  return {};
}
