import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { FILE_TYPES, type FileType } from "./limits";

export type CopyMaker = (input: {
  readonly type: FileType;
  readonly original: AsyncIterable<Uint8Array>;
  /** Takes the copy's bytes as they come. */
  readonly keep: (bytes: Uint8Array) => Promise<void>;
}) => Promise<"made" | "none">;

export type CopyLimits = {
  /** Pixels of the largest picture; phones make 108 million. */
  readonly pixels: number;
  /** Of the copy. */
  readonly bytes: number;
  /** Of the process, in KiB of its own memory. */
  readonly memoryKib: number;
  /** Milliseconds for one picture. */
  readonly time: number;
  /** Milliseconds to wait for one's turn, and how many may wait. */
  readonly wait: number;
  readonly queue: number;
};

export const COPY_LIMITS: CopyLimits = {
  pixels: 120_000_000,
  bytes: 200 * 1024 * 1024,
  memoryKib: 1_200_000,
  time: 30_000,
  wait: 60_000,
  queue: 60,
};

const SCRIPT = fileURLToPath(new URL("strip-image.mjs", import.meta.url));

/**
 * Makes pictures' working copies, upright and without metadata, each in a process of its own, one at a time. A picture
 * that is too large, broken, too slow or finds the queue full has none: its original stays, marked as carrying
 * metadata. `script` is for tests.
 */
export function openCopyMaker(limits = COPY_LIMITS, script = SCRIPT): CopyMaker {
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve();
  return async (input) => {
    if (!FILE_TYPES[input.type].image || waiting >= limits.queue) return "none";
    waiting += 1;
    const before = turn;
    let pass: () => void = () => undefined;
    turn = new Promise<void>((resolve) => (pass = resolve)).then(() => before);
    // A turn given up passes on only when it would have come: nobody overtakes, and never two at a time.
    const came = await Promise.race([before.then(() => true), after(limits.wait)]);
    waiting -= 1;
    try {
      return came ? await strip(input, limits, script) : "none";
    } catch {
      return "none";
    } finally {
      pass();
    }
  };
}

async function strip(
  { type, original, keep }: Parameters<CopyMaker>[0],
  limits: CopyLimits,
  script: string,
): Promise<"made" | "none"> {
  const child = spawn(...commandFor([script, type, String(limits.pixels)], limits), {
    // No environment of the server's, no folder for scratch files: what does not fit in memory fails.
    env: {
      NODE_ENV: "production",
      VIPS_DISC_THRESHOLD: "1000g",
      TMPDIR: "/nonexistent",
      MALLOC_ARENA_MAX: "2",
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", (code) => resolve(code));
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), limits.time);
  child.stdin.on("error", () => undefined);
  let size = 0;
  const taken = (async () => {
    for await (const bytes of child.stdout) {
      size += (bytes as Buffer).length;
      if (size > limits.bytes) return child.kill("SIGKILL");
      await keep(bytes as Buffer);
    }
    return true;
  })();
  taken.catch(() => child.kill("SIGKILL"));
  try {
    for await (const bytes of original) {
      if (child.stdin.destroyed || child.exitCode !== null) break;
      if (!child.stdin.write(bytes)) await Promise.race([once(child.stdin, "drain"), ended]);
    }
    child.stdin.end();
    const [code] = await Promise.all([ended, taken]);
    return code === 0 && size > 0 && size <= limits.bytes ? "made" : "none";
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
  }
}

/** On Linux the shell bounds the process's own memory before it becomes Node; elsewhere pixels and time must do. */
function commandFor(args: string[], limits: CopyLimits): [string, string[]] {
  const node = ["--max-old-space-size=128", ...args];
  if (process.platform !== "linux" || !existsSync("/bin/sh")) return [process.execPath, node];
  const bounded = `ulimit -d ${String(limits.memoryKib)} && exec "$@"`;
  return ["/bin/sh", ["-c", bounded, "sh", process.execPath, ...node]];
}

function after(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms).unref());
}
