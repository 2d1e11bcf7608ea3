import { createTransport } from "nodemailer";
import type { Env } from "~server/env.server";

/** Seconds after which a mail server that does not answer counts as down. */
const PATIENCE_MS = 10_000;

/**
 * Sends a one-time enrolment link to a member of staff over the configured SMTP server. The text is plain: no images,
 * no tracking. Throws when the server does not take the mail; the link stays good either way.
 */
export async function mailEnrolmentLink(
  mail: NonNullable<Env["mail"]>,
  input: { to: string; link: string; expiresAt: Date },
): Promise<void> {
  const transport = createTransport({
    url: mail.smtpUrl,
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from: mail.from,
      to: { name: "", address: input.to },
      subject: "工作台通行密钥登记链接",
      text: [
        "请在自己的设备上打开下面的链接，登记通行密钥。链接只能用一次，请勿转发。",
        "",
        input.link,
        "",
        `有效期至 ${input.expiresAt.toISOString().slice(0, 16).replace("T", " ")}（UTC）。不是您本人申请的，请告诉管理员。`,
      ].join("\n"),
    });
  } finally {
    transport.close();
  }
}
