import type { AddressInfo, Socket } from "node:net";
import { SMTPServer, type SMTPServerDataStream } from "smtp-server";
import { afterEach } from "vitest";
import type { MailSettings } from "~server/mail-settings";

/** What a mail server does with the next mail; when none is left it takes everything. */
export type Manner =
  | "take"
  | "slow"
  /** Answers no command after the connection stands. */
  | "hang"
  /** Ends the connection before the text. */
  | "cut-before"
  /** Takes the whole text and ends the connection without an answer. */
  | "cut-after"
  /** Takes the whole text and never answers. */
  | "hang-after"
  /** A refusal of the recipient, or (with `d`) of the text, by its code. */
  | `${number}`
  | `d${number}`;

export type Received = { readonly to: readonly string[]; readonly raw: string };

export type MailServer = {
  readonly settings: MailSettings;
  readonly received: Received[];
  /** How many connections were made. */
  readonly connections: () => number;
  next(...manners: Manner[]): void;
  stop(): Promise<void>;
};

const running = new Set<MailServer>();
afterEach(async () => {
  for (const server of running) await server.stop();
});

/** A real SMTP server on loopback that misbehaves as told; gone after the test. Its refusals repeat the address, as real ones do. */
export async function mailServer(
  options: { login?: { user: string; password: string } } = {},
): Promise<MailServer> {
  const manners: Manner[] = [];
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const refusal = (code: number, to: string) =>
    Object.assign(new Error(`<${to}> is not wanted here`), { responseCode: code });
  let manner: Manner = "take";
  const server = new SMTPServer({
    authOptional: options.login === undefined,
    disabledCommands: options.login === undefined ? ["AUTH", "STARTTLS"] : ["STARTTLS"],
    allowInsecureAuth: true,
    logger: false,
    closeTimeout: 100,
    onAuth: ({ username, password }, _session, done) => {
      const { login } = options;
      if (username === login?.user && password === login?.password) done(null, { user: "portal" });
      else done(new Error("no such login"));
    },
    onMailFrom: (_address, _session, done) => {
      manner = manners.shift() ?? "take";
      if (manner === "cut-before") return cut();
      if (manner !== "hang") done();
    },
    onRcptTo: ({ address }, _session, done) => {
      if (/^\d/.test(manner)) done(refusal(Number(manner), address));
      else done();
    },
    onData: (stream: SMTPServerDataStream, session, done) => {
      const mine = manner;
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        if (mine === "cut-after") return cut();
        if (mine === "hang-after") return;
        if (mine.startsWith("d")) return done(refusal(Number(mine.slice(1)), to[0] ?? ""));
        const take = () => {
          received.push({ to, raw: Buffer.concat(chunks).toString() });
          done();
        };
        if (mine === "slow") setTimeout(take, 150);
        else take();
      });
    },
  });
  server.on("error", () => undefined);
  server.server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  const made: MailServer = {
    settings: {
      host: "127.0.0.1",
      port,
      security: "none",
      login: options.login ?? null,
      from: "portal@tips.example",
    },
    received,
    connections: () => connections,
    next: (...more) => void manners.push(...more),
    stop: () =>
      new Promise((resolve) => {
        running.delete(made);
        server.close(() => resolve());
        cut();
      }),
  };
  running.add(made);
  return made;
}

/** The text of a mail as its reader sees it (quoted-printable or base64 undone). */
export function textOfMail({ raw }: Received): string {
  const [head = "", ...rest] = raw.split("\r\n\r\n");
  const body = rest.join("\r\n\r\n");
  if (/content-transfer-encoding: base64/i.test(head))
    return Buffer.from(body.replaceAll("\r\n", ""), "base64").toString("utf8");
  if (!/content-transfer-encoding: quoted-printable/i.test(head)) return body;
  const bytes = body
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
