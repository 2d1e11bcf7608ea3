/** An error whose message is the whole story: it is shown as one line, without a stack. */
export class PlainError extends Error {
  plain = true;
}
