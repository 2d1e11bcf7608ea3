import { connect, isIP, type Socket } from "node:net";

/** Where clamd listens, on this machine: a loopback address and port, or the path of its socket. */
export type ScannerAddress = { readonly host: string; readonly port: number } | { readonly path: string };

export type Verdict = "clean" | "infected" | "unscanned";

export type Scan = {
  /** Hands bytes on; never fails: a scanner that is gone only leaves the file unscanned. */
  write(bytes: Uint8Array): Promise<void>;
  verdict(): Promise<Verdict>;
  /** Ends it early; the verdict no longer matters. */
  drop(): void;
};

/** How long (ms) clamd may keep a sender waiting before the file goes on without it. */
const PATIENCE = 30_000;

/**
 * An absolute path, or an address of this machine with a port (127.0.0.1:3310); null when it is neither. Files pass to
 * clamd in the clear, so a network, or a name that leads anywhere, is no place for it.
 */
export function readScannerAddress(text: string): ScannerAddress | null {
  if (text.startsWith("/")) return { path: text };
  const match = /^(\[::1\]|127(?:\.\d{1,3}){3}):(\d{1,5})$/.exec(text);
  const host = match?.[1]?.replace(/^\[|\]$/g, "") ?? "";
  const port = Number(match?.[2]);
  if (isIP(host) === 0 || port < 1 || port > 65_535) return null;
  return { host, port };
}

/**
 * Lets clamd look at a file while it arrives (its INSTREAM command: length and bytes, again and again, then a length
 * of nought). Answers `unscanned` when clamd is down, slow, or says anything but a verdict.
 */
export function scanBytes(address: ScannerAddress, patience = PATIENCE): Scan {
  const socket: Socket = connect({ ...address });
  let failed = false;
  let said = "";
  let settle: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (settle = resolve));
  const fail = () => {
    failed = true;
    settle();
  };
  socket.setTimeout(patience, () => {
    fail();
    socket.destroy();
  });
  socket.on("error", fail);
  socket.on("data", (bytes: Buffer) => {
    said = `${said}${bytes.toString("latin1")}`.slice(0, 1_000);
    if (said.includes("\0")) settle();
  });
  socket.on("close", settle);
  const send = (bytes: Uint8Array) =>
    new Promise<void>((resolve) => {
      if (failed || socket.destroyed) return resolve();
      // Its size limit reached, clamd answers and closes; what is written after that goes nowhere.
      const done = () => {
        socket.off("drain", done);
        socket.off("close", done);
        resolve();
      };
      if (socket.write(bytes)) return resolve();
      socket.once("drain", done);
      socket.once("close", done);
    });
  void send(Buffer.from("zINSTREAM\0", "latin1"));
  return {
    async write(bytes) {
      if (failed || bytes.length === 0) return;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      await send(length);
      await send(bytes);
    },
    async verdict() {
      await send(Buffer.alloc(4));
      await answered;
      socket.destroy();
      if (/\bFOUND\b/.test(said)) return "infected";
      return !failed && /: OK\0/.test(said) ? "clean" : "unscanned";
    },
    drop() {
      socket.destroy();
    },
  };
}
