import { Readable } from "node:stream";
import MailComposer from "nodemailer/lib/mail-composer";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { MailSettings } from "~server/mail-settings";
import { judgeFailure, type Mail, type MailOutcome } from "./mail-outcome";

/** How long a mail server may take, in ms: to answer, between two words, and for the whole of one mail. */
export type SmtpPatience = {
  readonly connectMs: number;
  readonly silenceMs: number;
  readonly wholeMs: number;
};

export const SMTP_PATIENCE: SmtpPatience = { connectMs: 10_000, silenceMs: 15_000, wholeMs: 30_000 };

export type Smtp = {
  /** Never throws: what goes wrong is told as an outcome, without a word that could name the recipient. */
  deliver(mail: Mail): Promise<MailOutcome>;
  /** Ends idle connections; a mail under way keeps its own. */
  close(): void;
};

/** A connection is used for this many mails, and ended after this many ms without one. */
const MAILS_A_CONNECTION = 50;
const IDLE_MS = 20_000;

type Line = { readonly smtp: SMTPConnection; mails: number; idle?: NodeJS.Timeout };

/**
 * The way to the mail server, with connections kept for the next mail. nodemailer's own pool is not used: it sends a
 * message again by itself when a connection closes, and does not tell whether the text had begun to leave.
 */
export function openSmtp(settings: MailSettings, patience: SmtpPatience = SMTP_PATIENCE): Smtp {
  const idle: Line[] = [];
  let closed = false;

  const end = (line: Line) => {
    clearTimeout(line.idle);
    const at = idle.indexOf(line);
    if (at >= 0) idle.splice(at, 1);
    line.smtp.close();
  };
  const rest = (line: Line) => {
    if (closed || line.mails >= MAILS_A_CONNECTION) return end(line);
    line.idle = setTimeout(() => end(line), IDLE_MS).unref();
    idle.push(line);
  };
  const reuse = (): Line | null => {
    for (let line = idle.pop(); line !== undefined; line = idle.pop()) {
      clearTimeout(line.idle);
      if (!line.smtp.destroyed) return line;
    }
    return null;
  };

  const connect = (given: (line: Line) => void): Promise<Line> => {
    const { host, port, security, login } = settings;
    const smtp = new SMTPConnection({
      host,
      port,
      secure: security === "tls",
      requireTLS: security === "starttls",
      ignoreTLS: security === "none",
      tls: { minVersion: "TLSv1.2" },
      // What the portal calls itself: not this machine's own name.
      name: settings.from.split("@")[1],
      connectionTimeout: patience.connectMs,
      greetingTimeout: patience.connectMs,
      dnsTimeout: patience.connectMs,
      socketTimeout: patience.silenceMs,
      logger: false,
    });
    const line: Line = { smtp, mails: 0 };
    given(line);
    return new Promise((resolve, reject) => {
      // Stays for good: a connection that ends between two mails must not end the process.
      smtp.on("error", reject);
      smtp.once("end", () => reject(Object.assign(new Error("ended"), { code: "ECONNECTION" })));
      smtp.connect((fault) => {
        if (fault) return reject(fault);
        if (login === null) return resolve(line);
        smtp.login({ credentials: { user: login.user, pass: login.password } }, (refused) =>
          refused ? reject(refused) : resolve(line),
        );
      });
    });
  };

  const deliver = async (mail: Mail): Promise<MailOutcome> => {
    const message = compose(settings.from, mail);
    const { from, to } = message.getEnvelope();
    if (from === false || to.length !== 1) return { state: "unsent", fault: "address" };
    const bytes = await message.build();
    let begun = false;
    let line: Line | null = reuse();
    let timer: NodeJS.Timeout | undefined;
    const overdue = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(Object.assign(new Error("overdue"), { code: "ETIMEDOUT" })),
        patience.wholeMs,
      );
    });
    try {
      line ??= await Promise.race([connect((made) => (line = made)), overdue]);
      const at = line;
      at.mails += 1;
      // Read only once the server has said that it listens (354): from then on its answer decides.
      const text = new Readable({
        read() {
          begun = true;
          this.push(bytes);
          this.push(null);
        },
      });
      const sending = new Promise<void>((resolve, reject) => {
        at.smtp.send({ from, to, size: bytes.length }, text, (fault) => (fault ? reject(fault) : resolve()));
      });
      await Promise.race([sending, overdue]);
      rest(at);
      return { state: "sent" };
    } catch (error) {
      if (line !== null) end(line);
      return judgeFailure(error, begun);
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    deliver: (mail) => deliver(mail).catch((error: unknown) => judgeFailure(error, false)),
    close: () => {
      closed = true;
      for (const line of [...idle]) end(line);
    },
  };
}

/** Plain text in one part; nothing is fetched, nothing says which program wrote it or from which machine. */
function compose(from: string, { to, subject, text }: Mail) {
  return new MailComposer({
    from,
    to: { name: "", address: to },
    subject,
    text,
    xMailer: false,
    headers: { "Auto-Submitted": "auto-generated" },
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
}
