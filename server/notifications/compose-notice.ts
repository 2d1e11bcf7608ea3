import { mailEn } from "~/i18n/en/mail";
import { mailZh } from "~/i18n/zh-CN/mail";
import { paths } from "~/paths";
import type { Mail } from "./mail-outcome";

/** The mail that says there is news: the same for everybody who reads a language, with nothing in it that tells one from another. */
export function composeNotice(input: {
  readonly to: string;
  readonly language: string;
  readonly publicOrigin: string;
}): Mail {
  const { subject, body } = input.language === "en" ? mailEn : mailZh;
  const address = `${input.publicOrigin}${paths.status()}`;
  return { to: input.to, subject, text: body.join("\n").replace("{{address}}", () => address) };
}
