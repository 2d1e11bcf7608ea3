/**
 * Ends what a measurement began, once: when the answer is called, or when the process is interrupted (Ctrl-C, TERM), which
 * would otherwise leave servers and folders behind.
 */
export function endClean(end: () => Promise<void>): () => Promise<void> {
  let ended: Promise<void> | null = null;
  const once = () => (ended ??= end());
  const interrupted = () => {
    // What is under way loses its connections while the servers stop; that must not end the process before they have.
    process.on("uncaughtException", () => undefined);
    void once().finally(() => process.exit(130));
  };
  process.on("SIGINT", interrupted).on("SIGTERM", interrupted);
  return async () => {
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    await once();
  };
}
