import { cleanNote } from "~/forms/clean-text";

/**
 * A cell as its writer meant it: no unseen characters, `="0123"` (a number kept as text by a spreadsheet) unwrapped,
 * and the apostrophe dropped that keeps another program from running `=…`. It is text here whatever it starts with.
 */
export function cleanCell(text: string): string {
  const plain = String(cleanNote(text));
  const kept = /^="([^"]*)"$/.exec(plain);
  return (kept?.[1] ?? plain.replace(/^'(?=[=+\-@\t])/, "")).trim();
}
