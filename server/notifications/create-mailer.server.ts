import type { Env } from "~server/env.server";
import type { Mail, MailOutcome } from "./mail-outcome";
import { SMTP_PATIENCE, openSmtp, type SmtpPatience } from "./open-smtp.server";

/** A mail in the demonstration's own mailbox. */
export type KeptMail = Mail & { readonly number: number; readonly at: Date };

/** Mails the demonstration's mailbox holds; older ones make room. */
const MAILBOX_SIZE = 200;

/** Mails to reporters under way at once. Staff mail leaves one by one beside them. */
const NOTICES_AT_ONCE = 4;

/**
 * The portal's one way to send mail, made once at the start. `smtp`: over the mail server of the settings. `mailbox`: a
 * demonstration without one keeps its mails where its people can look. `none`: mails and notices wait.
 */
export type Mailer = {
  readonly kind: "smtp" | "mailbox" | "none";
  /** Never throws, and ends within its bound whatever the mail server does. Sends whatever it is given: claim first. */
  send(mail: Mail): Promise<MailOutcome>;
  /** A turn for a mail to a reporter: what to call when it is done, or null where none came within `waitMs`. */
  takeTurn(waitMs: number): Promise<(() => void) | null>;
  /** Newest first; empty where there is no mailbox. */
  list(): readonly KeptMail[];
  /** Work that must come to its end before the portal stops: from claiming a mail to noting what became of it. */
  hold<T>(work: () => Promise<T>): Promise<T>;
  /** Lets no new mail out and waits for what is held. */
  close(): Promise<void>;
};

export function createMailer(
  env: Pick<Env, "mail" | "demo">,
  options: { readonly patience?: SmtpPatience; readonly now?: () => Date } = {},
): Mailer {
  const smtp = env.mail === null ? null : openSmtp(env.mail, options.patience ?? SMTP_PATIENCE);
  const kind = smtp !== null ? "smtp" : env.demo ? "mailbox" : "none";
  const mailbox: KeptMail[] = [];
  const held = new Set<Promise<unknown>>();
  const turns = makeTurns(NOTICES_AT_ONCE);
  let closed = false;
  let number = 0;

  const deliver = (mail: Mail): Promise<MailOutcome> => {
    if (closed) return Promise.resolve({ state: "later", fault: "stopping" });
    if (smtp !== null) return smtp.deliver(mail);
    if (kind === "none") return Promise.resolve({ state: "later", fault: "not_set" });
    number += 1;
    mailbox.unshift({ ...mail, number, at: (options.now ?? (() => new Date()))() });
    mailbox.length = Math.min(mailbox.length, MAILBOX_SIZE);
    return Promise.resolve({ state: "sent" });
  };
  return {
    kind,
    send: deliver,
    takeTurn: (waitMs) => turns.take(waitMs),
    list: () => mailbox,
    hold: <T>(work: () => Promise<T>): Promise<T> => {
      const running = work();
      held.add(running);
      const forget = () => held.delete(running);
      running.then(forget, forget);
      return running;
    },
    close: async () => {
      closed = true;
      await Promise.allSettled([...held]);
      smtp?.close();
    },
  };
}

/** At most `count` at a time, in the order they came. */
function makeTurns(count: number) {
  let free = count;
  const queue: (() => void)[] = [];
  const give = () => {
    const next = queue.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return {
    /** What to call when done; null where no turn came in `waitMs`. */
    take: (waitMs: number): Promise<(() => void) | null> => {
      if (free > 0) {
        free -= 1;
        return Promise.resolve(give);
      }
      return new Promise((resolve) => {
        const turn = () => {
          clearTimeout(timer);
          resolve(give);
        };
        const timer = setTimeout(() => {
          queue.splice(queue.indexOf(turn), 1);
          resolve(null);
        }, waitMs);
        queue.push(turn);
      });
    },
  };
}
