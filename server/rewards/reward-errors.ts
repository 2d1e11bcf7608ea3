import type { RefusedParts } from "./scheme-grammar";

/** A fact in the case that the scheme cannot work with. `path` is the place in the input JSON. */
export class RewardInputError extends Error {
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`);
    this.name = "RewardInputError";
    this.path = path;
    this.reason = reason;
  }
}

/** A scheme that may not be used: it is unknown, unreadable, malformed or contradicts itself. */
export class SchemeRefusedError extends Error {
  readonly file: string;
  readonly path: string;
  readonly reason: string;
  /** The parts of the reason, where it is one of the scheme's own contradictions. */
  readonly fault: RefusedParts["fault"] | null;

  constructor(file: string, path: string, reason: string, fault: RefusedParts["fault"] | null = null) {
    super(path === "" ? `${file}: ${reason}` : `${file}: ${path}: ${reason}`);
    this.name = "SchemeRefusedError";
    this.file = file;
    this.path = path;
    this.reason = reason;
    this.fault = fault;
  }
}
