/** A refusal to start; `message` is the one line the operator reads. */
export class StartError extends Error {}
