import { SIMPLIFIED } from "./simplified";

/** A part of a text by UTF-16 positions: from (inclusive), to (exclusive). */
export type Span = { readonly from: number; readonly to: number };

/** A text folded for comparing, and for each folded unit the position of what it came from. */
export type Folded = { readonly text: string; readonly at: readonly number[] };

/**
 * Folds what a reader does not tell apart when searching: full-width forms, letter case, common traditional characters,
 * spaces and line breaks.
 */
export function foldText(text: string): Folded {
  let folded = "";
  const at: number[] = [];
  let position = 0;
  for (const char of text) {
    const plain = foldChar(char);
    for (let unit = 0; unit < plain.length; unit += 1) at.push(position);
    folded += plain;
    position += char.length;
  }
  at.push(position);
  return { text: folded, at };
}

function foldChar(char: string): string {
  const plain = char.normalize("NFKC").toLowerCase();
  if (/^\s*$/u.test(plain)) return "";
  return SIMPLIFIED.get(plain) ?? plain;
}

/** Where `words` stand in a text, not overlapping, in order; none for words of spaces alone. At most `most`. */
export function findSpans(text: Folded, words: string, most = 100): Span[] {
  const sought = foldText(words).text;
  if (sought === "") return [];
  const spans: Span[] = [];
  for (let from = text.text.indexOf(sought); from >= 0 && spans.length < most;) {
    const end = from + sought.length;
    // The end is where the next original character begins, so that a character folded to two is marked whole.
    spans.push({ from: text.at[from] ?? 0, to: endOf(text, end) });
    from = text.text.indexOf(sought, end);
  }
  return spans;
}

function endOf({ at }: Folded, end: number): number {
  const last = at[end - 1] ?? 0;
  let next = end;
  while (next < at.length - 1 && at[next] === last) next += 1;
  return at[next] ?? last + 1;
}
