import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/mailbox.module.css";
import { formatInstant } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { notFound } from "~server/errors.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

export const meta = () => pageTitle(staffZh.mailbox.title);

/** A demonstration's mails, out of this process's memory. Where mail really leaves there is no such page. */
export function loader({ context }: LoaderFunctionArgs) {
  const { mailer } = context.portal;
  if (mailer.kind !== "mailbox") throw refusalResponse(notFound());
  return { mails: mailer.list() };
}

export default function Mailbox() {
  const { mails } = useLoaderData<typeof loader>();
  const { t } = useTranslation("staff");
  return (
    <>
      <h1>{t("mailbox.title")}</h1>
      <p className={controls.muted}>{t("mailbox.lead")}</p>
      {mails.length === 0 && <p className={controls.empty}>{t("mailbox.none")}</p>}
      {mails.map((mail) => (
        <article
          key={mail.number}
          className={`${controls.card} ${controls.spacedTop}`}
          aria-labelledby={`mail-${mail.number}`}
        >
          <h2 id={`mail-${mail.number}`}>{mail.subject}</h2>
          <p className={controls.muted}>
            {t("mailbox.to")} {mail.to} · {t("mailbox.at")} {formatInstant(mail.at)}
          </p>
          <pre className={styles.text}>{mail.text}</pre>
        </article>
      ))}
    </>
  );
}
