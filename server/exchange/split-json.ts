/** One value of the file, as text; `tooLarge` where it was longer than it may be (the text is then gone). */
export type JsonPiece = { readonly text: string; readonly tooLarge: boolean };

/**
 * Cuts a JSON array of objects, or objects one after another (NDJSON), into the objects' texts without reading either
 * whole: only depth and quotes are watched, `JSON.parse` judges each piece. Anything between objects but white space,
 * commas and one pair of brackets comes out as a piece of its own, which no parser then takes.
 */
export async function* splitJson(text: AsyncIterable<string>, most: number): AsyncGenerator<JsonPiece> {
  let piece = "";
  let [depth, quoted, escaped, tooLarge, loose] = [0, false, false, false, false];
  for await (const part of text) {
    for (const char of part) {
      if (depth === 0) {
        const between = char === "," || char === "[" || char === "]" || char.trim() === "";
        if (loose && (between || char === "{")) {
          yield { text: piece, tooLarge };
          [piece, tooLarge, loose] = ["", false, false];
        }
        if (between) continue;
        if (char !== "{") loose = true;
      }
      if (piece.length < most) piece += char;
      else tooLarge = true;
      if (loose) continue;
      if (quoted) {
        if (escaped) escaped = false;
        else if (char === "\\") escaped = true;
        else if (char === '"') quoted = false;
      } else if (char === '"') quoted = true;
      else if (char === "{" || char === "[") depth += 1;
      else if (char === "}" || char === "]") {
        depth -= 1;
        if (depth === 0) {
          yield { text: piece, tooLarge };
          [piece, tooLarge] = ["", false];
        }
      }
    }
  }
  if (piece !== "") yield { text: piece, tooLarge };
}
