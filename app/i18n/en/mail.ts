import type { mailZh } from "../zh-CN/mail";

type Mail = { readonly subject: string; readonly body: readonly string[] } & Record<
  keyof typeof mailZh,
  unknown
>;

/** Mails to reporters who write in English. */
export const mailEn: Mail = {
  subject: "You have a new message",
  body: [
    "Hello,",
    "",
    "You left this address with our portal to be told when there is news. There is news now.",
    "",
    "Please open the portal and type your receipt on the page “Follow a report”:",
    "{{address}}",
    "",
    "We never ask for your receipt, a code or money by mail, phone or text message. This mail holds nothing of the matter itself; please do not reply to it.",
    "If you did not leave this address, please ignore this mail.",
  ],
};
