/**
 * Does `work` at once and then again, each time so many milliseconds after it ended. `work` deals with its own failures;
 * `keepOn` tells it whether to go on within a round. Returns how to stop, which waits for the round under way.
 */
export function keepGoing(
  work: (keepOn: () => boolean) => Promise<void>,
  pauseMs: () => number,
): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const go = () => {
    running = work(() => !stopped).finally(() => {
      if (!stopped) timer = setTimeout(go, pauseMs()).unref();
    });
  };
  go();
  return () => {
    stopped = true;
    clearTimeout(timer);
    return running;
  };
}
