import type { RefusedParts } from "~server/rewards/scheme-grammar";
import type { PackError } from "./pack-error";

/** A pack file that did not pass its check: where in it, which rule, and what the check says. */
export type PackFault = {
  readonly file: string | null;
  readonly path: string;
  readonly rule: string | null;
  readonly message: string;
  /** Of a scheme whose rules contradict each other: the parts of what the message says. */
  readonly scheme?: RefusedParts["fault"];
};

/** What a page shows of it: place and rule stand beside the message, not in it. */
export function packFault({ file, path, rule, message }: PackError): PackFault {
  const said = message.replace(file === null ? "" : `${file}: `, "").replace(`${path}: `, "");
  return { file, path, rule, message: rule === null ? said : said.replace(` (rule ${rule})`, "") };
}
