import { z } from "zod";

/** How the way to the mail server is kept from listeners: TLS from the start, STARTTLS or nothing, or in the clear. */
export type MailSecurity = "tls" | "starttls" | "none";

export type MailSettings = {
  readonly host: string;
  readonly port: number;
  readonly security: MailSecurity;
  readonly login: { readonly user: string; readonly password: string } | null;
  /** The address mails are from. */
  readonly from: string;
};

const LOOPBACK = new Set(["127.0.0.1", "::1", "[::1]", "localhost"]);

const smtpUrl = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  // Nothing after the host: options there would switch off what protects the addresses on their way.
  return /^smtps?:$/.test(url.protocol) && url.host !== "" && url.search === "" && url.hash === "";
}, "must be smtp://user:password@host:port or smtps://…, without anything after it");

/** The variables of mail: one URL, or its parts one by one. */
export const mailVariables = {
  SMTP_URL: smtpUrl.optional(),
  SMTP_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_[\]-]{1,253}$/, "must be the mail server's host name")
    .optional(),
  SMTP_PORT: z
    .string()
    .regex(/^\d{1,5}$/, "must be a port number from 1 to 65535")
    .transform(Number)
    .refine((port) => port >= 1 && port <= 65_535, "must be a port number from 1 to 65535")
    .optional(),
  SMTP_USER: z.string().min(1).optional(),
  SMTP_PASSWORD: z.string().min(1).optional(),
  SMTP_SECURE: z
    .enum(["tls", "starttls", "none"], "must be tls (from the start), starttls or none")
    .optional(),
  MAIL_FROM: z.email("must be a mail address").optional(),
};

type Given = { readonly [K in keyof typeof mailVariables]?: z.output<(typeof mailVariables)[K]> };

/** What is wrong with the variables together, naming the first of them; null when nothing is. */
export function mailFault(given: Given, mode: { readonly production: boolean }): string | null {
  const parts = ["SMTP_PORT", "SMTP_USER", "SMTP_PASSWORD", "SMTP_SECURE"] as const;
  const server = given.SMTP_URL ?? given.SMTP_HOST;
  if (given.SMTP_URL !== undefined && given.SMTP_HOST !== undefined)
    return "SMTP_HOST: give SMTP_URL, or SMTP_HOST and its parts, not both";
  const stray = parts.find((name) => given[name] !== undefined);
  if (stray !== undefined && given.SMTP_HOST === undefined) return `${stray}: goes with SMTP_HOST alone`;
  if ((server === undefined) !== (given.MAIL_FROM === undefined))
    return server === undefined
      ? "SMTP_URL: SMTP_URL (or SMTP_HOST) and MAIL_FROM go together"
      : "MAIL_FROM: SMTP_URL (or SMTP_HOST) and MAIL_FROM go together";
  if ((given.SMTP_USER === undefined) !== (given.SMTP_PASSWORD === undefined))
    return given.SMTP_USER === undefined
      ? "SMTP_USER: SMTP_USER and SMTP_PASSWORD go together"
      : "SMTP_PASSWORD: SMTP_USER and SMTP_PASSWORD go together";
  const settings = readMailSettings(given);
  // Reporters' addresses leave by this way.
  if (mode.production && settings?.security === "none" && !LOOPBACK.has(settings.host))
    return "SMTP_SECURE: production sends mail in the clear to loopback only; use tls or starttls";
  return null;
}

/** The settings of checked variables; null when no mail server is named. */
export function readMailSettings(given: Given): MailSettings | null {
  const from = given.MAIL_FROM;
  if (from === undefined) return null;
  if (given.SMTP_URL !== undefined) {
    const url = new URL(given.SMTP_URL);
    const security =
      url.protocol === "smtps:" ? "tls" : LOOPBACK.has(url.hostname) ? "none" : ("starttls" as const);
    const login =
      url.username === ""
        ? null
        : { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
    const host = url.hostname.replace(/^\[|\]$/g, "");
    return { host, port: Number(url.port) || usualPort(security), security, login, from };
  }
  if (given.SMTP_HOST === undefined) return null;
  const host = given.SMTP_HOST.replace(/^\[|\]$/g, "");
  const security =
    given.SMTP_SECURE ??
    (given.SMTP_PORT === 465 ? "tls" : LOOPBACK.has(host) ? "none" : ("starttls" as const));
  const login =
    given.SMTP_USER === undefined || given.SMTP_PASSWORD === undefined
      ? null
      : { user: given.SMTP_USER, password: given.SMTP_PASSWORD };
  return { host, port: given.SMTP_PORT ?? usualPort(security), security, login, from };
}

/** Submission (RFC 6409, RFC 8314), or a relay on this machine. */
function usualPort(security: MailSecurity): number {
  return security === "tls" ? 465 : security === "starttls" ? 587 : 25;
}
