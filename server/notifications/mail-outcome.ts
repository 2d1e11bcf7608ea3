/** A mail as the portal writes them: one recipient, plain text. */
export type Mail = { readonly to: string; readonly subject: string; readonly text: string };

/**
 * What became of a mail. `sent`: the mail server took it. `later`: it did not, and another try is safe. `unsent`: it was
 * refused for good, for this address. `unknown`: the connection ended after the text had begun to leave and before the
 * server's answer came, so that another try could double it. `fault` is a class of reason (`550`, `timeout`): a mail
 * server's words, and nodemailer's, repeat the address.
 */
export type MailOutcome =
  { readonly state: "sent" } | { readonly state: "later" | "unsent" | "unknown"; readonly fault: string };

export type MailFault = Exclude<MailOutcome, { state: "sent" }>["fault"];

/** What nodemailer's errors say besides their text. */
type SmtpError = { readonly code?: unknown; readonly responseCode?: unknown; readonly command?: unknown };

const FAULTS: Record<string, string> = {
  ETIMEDOUT: "timeout",
  ECONNECTION: "connection",
  ESOCKET: "connection",
  EDNS: "name",
  ETLS: "tls",
  EAUTH: "login",
};

/**
 * Judges a failure by its code and by how far it came. `begun`: the text had begun to leave. A refusal for good (5xx)
 * concerns the address only where it answers the recipient or the text; earlier ones (login, sender, greeting) are the
 * portal's own affair and the mail waits until somebody mends it.
 */
export function judgeFailure(error: unknown, begun: boolean): MailOutcome {
  const { code, responseCode, command } = (error ?? {}) as SmtpError;
  const answer = typeof responseCode === "number" && responseCode >= 400 ? responseCode : null;
  const aboutAddress = command === "RCPT TO" || command === "DATA";
  if (answer !== null && answer >= 500 && aboutAddress) return { state: "unsent", fault: String(answer) };
  // An answer to the text, even a bad one, says that the server did not take it.
  if (answer !== null) return { state: "later", fault: code === "EAUTH" ? "login" : String(answer) };
  if (begun) return { state: "unknown", fault: "interrupted" };
  // Refused before a connection was asked: not an address a mail can be sent to.
  if (code === "EENVELOPE") return { state: "unsent", fault: "address" };
  return { state: "later", fault: (typeof code === "string" ? FAULTS[code] : undefined) ?? "connection" };
}
