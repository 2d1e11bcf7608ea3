/** What is wrong with a file as a whole, for a page to say in its words. */
export type InputFaultCode =
  "headerUnreadable" | "headerEmpty" | "columnUnknown" | "columnTwice" | "columnMissing" | "noItems";

/** A file that cannot be imported at all: `path` says where, `message` what to do on the command line. */
export class InputFault extends Error {
  readonly path: string;
  readonly code: InputFaultCode;
  /** The column at fault: its place in the header from 1 where it is unknown, else its title. */
  readonly column: string;

  constructor(at: { path: string; code: InputFaultCode; column?: string }, message: string) {
    super(message);
    this.name = "InputFault";
    this.path = at.path;
    this.code = at.code;
    this.column = at.column ?? "";
  }
}
