/** A file that cannot be imported at all: `path` says where, `message` what to do. */
export class InputFault extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.name = "InputFault";
    this.path = path;
  }
}
