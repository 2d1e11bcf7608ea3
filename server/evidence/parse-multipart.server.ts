import type { Readable } from "node:stream";
import { Busboy, type BusboyFileStream, type BusboyInstance } from "@fastify/busboy";
import { watchPace, type Pace } from "./watch-pace";

export type FormPart =
  | { readonly kind: "field"; readonly name: string; readonly value: string }
  /** To be read to its end before the next part comes; `cut()` tells afterwards whether it was longer than allowed. */
  | {
      readonly kind: "file";
      readonly filename: string;
      readonly bytes: AsyncIterable<Buffer>;
      readonly cut: () => boolean;
    };

export type PartLimits = { readonly fileBytes: number; readonly files: number };

/** A body that ended before its form did, or is no form. */
export class BrokenFormError extends Error {}

const FIELDS = 40;
/** What a form without files keeps of a text that is too long (40 000 characters) fits. */
const FIELD_BYTES = 128 * 1024;
/** How often (ms) a sender from whom nothing comes is asked about. */
const LOOK = 1_000;

/**
 * The parts of a posted form as they arrive, never a whole file in memory: while a part is not read, the sender waits.
 * Files beyond `files` and file fields left empty are passed over. Throws BrokenFormError,
 * also where a sender is slower than `pace` allows.
 */
export async function* parseMultipart(
  request: Request,
  limits: PartLimits,
  pace: Pace = watchPace(),
): AsyncGenerator<FormPart> {
  const queue: FormPart[] = [];
  const open = new Set<Readable>();
  let [ended, failed] = [false, false];
  let wake: () => void = () => undefined;
  const parser = openParser(request, limits);
  const reader = request.body?.getReader();
  if (parser === null || reader === undefined) throw new BrokenFormError();
  const fail = () => {
    failed = true;
    for (const stream of open) stream.destroy(new BrokenFormError());
    wake();
  };
  parser.on("field", (name, value) => {
    queue.push({ kind: "field", name, value });
    wake();
  });
  parser.on("file", (_field, stream: BusboyFileStream, filename: string | undefined) => {
    open.add(stream);
    stream.once("close", () => open.delete(stream));
    // Heard here, so that a body that ends too early ends nobody's process; whoever reads the stream hears it as well.
    stream.on("error", fail);
    queue.push({
      kind: "file",
      filename: filename ?? "",
      bytes: bytesOf(stream),
      cut: () => stream.truncated,
    });
    wake();
  });
  parser.on("finish", () => {
    ended = true;
    wake();
  });
  parser.on("error", fail);
  const pump = feed(reader, parser, request.signal, pace, () => failed).catch(fail);
  try {
    for (;;) {
      const part = queue.shift();
      if (part !== undefined) {
        yield part;
        continue;
      }
      if (failed) throw new BrokenFormError();
      if (ended) return;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    failed = true;
    for (const stream of open) stream.destroy();
    // Not waited for: a source from which nothing comes may not hear of it until something does.
    void reader.cancel().catch(() => undefined);
    await pump;
  }
}

async function* bytesOf(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const bytes of stream) yield bytes as Buffer;
  } catch {
    // The parser has its own words for a part that ends too early.
    throw new BrokenFormError();
  }
}

function openParser(request: Request, limits: PartLimits) {
  const type = request.headers.get("Content-Type") ?? "";
  if (!/^multipart\/form-data\b/i.test(type)) return null;
  try {
    return new Busboy({
      headers: { "content-type": type },
      limits: {
        fileSize: limits.fileBytes,
        files: limits.files,
        fields: FIELDS,
        fieldSize: FIELD_BYTES,
        parts: limits.files + FIELDS,
        headerPairs: 20,
        headerSize: 16 * 1024,
      },
    });
  } catch {
    return null;
  }
}

async function feed(
  reader: ReadableStreamDefaultReader<unknown>,
  parser: BusboyInstance,
  signal: AbortSignal,
  pace: Pace,
  stop: () => boolean,
): Promise<void> {
  for (;;) {
    const { done, value } = await atPace(
      reader.read() as Promise<{ done: boolean; value?: Uint8Array }>,
      pace,
    );
    if (stop()) return;
    if (done) break;
    pace.came(value?.length ?? 0);
    // A byte now and then is no silence, and holds a place all the same.
    if (pace.tooSlow()) throw new BrokenFormError();
    if (value?.length && !parser.write(value)) await drained(parser, stop);
    if (stop()) return;
  }
  // A connection that broke may look like a body that ended.
  if (signal.aborted) throw new BrokenFormError();
  parser.end();
}

/** While the parser is full its reader, not its sender, is at work: no time is counted. */
async function drained(parser: BusboyInstance, stop: () => boolean): Promise<void> {
  if (stop()) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearInterval(check);
      parser.off("drain", done);
      resolve();
    };
    const check = setInterval(() => {
      if (stop()) done();
    }, 200);
    parser.on("drain", done);
  });
}

async function atPace<T>(read: Promise<T>, pace: Pace): Promise<T> {
  pace.wait();
  let timer: NodeJS.Timeout | undefined;
  const slow = new Promise<never>((_resolve, reject) => {
    timer = setInterval(() => {
      if (pace.tooSlow()) reject(new BrokenFormError());
    }, LOOK);
  });
  try {
    return await Promise.race([read, slow]);
  } finally {
    clearInterval(timer);
  }
}
