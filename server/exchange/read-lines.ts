/**
 * The lines of a text that comes in pieces, without their ends (CRLF, LF, or CR where the first line ends so) and
 * without a byte order mark; null for one of more than `largest` characters, which is never held whole.
 */
export async function* readLines(
  text: AsyncIterable<string>,
  largest: number,
): AsyncGenerator<string | null, undefined> {
  let held = "";
  let started = false;
  let tooLarge = false;
  let ends: RegExp | null = null;
  const take = (end: string): string | null => {
    const line = tooLarge || held.length + end.length > largest ? null : held + end;
    held = "";
    tooLarge = false;
    return line;
  };
  for await (const given of text) {
    let piece = started ? given : given.replace(/^\ufeff/, "");
    started ||= given !== "";
    // A CR at the end of a piece may be half of a line's end.
    if (held.endsWith("\r")) {
      piece = `\r${piece}`;
      held = held.slice(0, -1);
    }
    const whole = piece.endsWith("\r") ? piece.slice(0, -1) : piece;
    ends ??= firstEnd(piece);
    let from = 0;
    if (ends !== null) {
      ends.lastIndex = 0;
      for (let found = ends.exec(whole); found !== null; found = ends.exec(whole)) {
        yield take(whole.slice(from, found.index));
        from = ends.lastIndex;
      }
    }
    held += piece.slice(from);
    if (held.length > largest) {
      tooLarge = true;
      held = held.endsWith("\r") ? "\r" : "";
    }
  }
  if (held.endsWith("\r")) held = held.slice(0, -1);
  if (held !== "" || tooLarge) yield take("");
  return undefined;
}

/** What ends the lines of this text, by its first end; null where it has none yet, or half of one. */
function firstEnd(piece: string): RegExp | null {
  const first = /\r\n|\n|\r(?!$)/.exec(piece)?.[0];
  if (first === undefined) return null;
  return first === "\r" ? /\r\n|\n|\r/g : /\r?\n/g;
}
