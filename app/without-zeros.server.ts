import { Transform } from "node:stream";

/**
 * React 18 sends its blocks whole: where a character of several bytes does not fit any more, zero bytes follow instead
 * (react#24985). A browser shows them as � in attributes, a field's value among them. No page has zeros of its own.
 */
export function withoutZeros(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, chunk.includes(0) ? chunk.filter((byte) => byte !== 0) : chunk);
    },
  });
}
