/** A pack that may not be loaded. `rule` is the id of the rule at fault, where one is. */
export class PackError extends Error {
  readonly file: string | null;
  readonly path: string;
  readonly rule: string | null;

  constructor(at: { file: string | null; path: string; rule: string | null }, fault: string) {
    const file = at.file === null ? "" : `${at.file}: `;
    const rule = at.rule === null ? "" : ` (rule ${at.rule})`;
    super(`${file}${at.path}: ${fault}${rule}`);
    this.name = "PackError";
    this.file = at.file;
    this.path = at.path;
    this.rule = at.rule;
  }
}
