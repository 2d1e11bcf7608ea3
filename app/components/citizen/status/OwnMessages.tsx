import { useTranslation } from "react-i18next";
import { chooseLanguage } from "~/i18n/choose-language";
import { formatDay } from "~/i18n/format-day";
import type { Locale } from "~/i18n/locale";
import { MESSAGES_SHOWN } from "~server/messages/message-rules";
import type { OwnMessage, OwnThread } from "~server/messages/read-own-thread.server";
import css from "./messages.module.css";

/** What both sides said, newest last; what is new to the reporter says so. */
export function OwnMessages({ thread }: { thread: OwnThread }) {
  const { t } = useTranslation();
  const { messages } = thread;
  return (
    <section id="messages" aria-labelledby="messages-title" tabIndex={-1} className={css.section}>
      <h2 id="messages-title">{t("status.messages.title")}</h2>
      {messages.length === 0 ? (
        <p className={css.quiet}>{t(thread.open ? "status.messages.none" : "status.messages.notYet")}</p>
      ) : (
        <>
          {messages.length < MESSAGES_SHOWN ? null : (
            <p className={css.quiet}>{t("status.messages.latest", { count: MESSAGES_SHOWN })}</p>
          )}
          <ol className={css.thread}>
            {messages.map((message) => (
              <li key={message.id} className={css.message} data-direction={message.direction}>
                <Head message={message} />
                {message.text === null ? (
                  <p className={css.quiet}>{t("status.messages.broken")}</p>
                ) : message.text === "" ? null : (
                  <p className={css.text}>{message.text}</p>
                )}
                {message.files === 0 ? null : (
                  <p className={css.quiet}>{t("status.messages.files", { count: message.files })}</p>
                )}
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

function Head({ message }: { message: OwnMessage }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language as Locale;
  const { kind, outcome } = message;
  return (
    <p className={css.head}>
      <strong>
        {message.direction === "in"
          ? t("status.messages.you")
          : (message.from?.[chooseLanguage(locale)] ?? t("status.messages.office"))}
      </strong>
      <time dateTime={message.on}>{formatDay(message.on, locale)}</time>
      {kind === "question" ? <span className={css.tag}>{t("status.messages.question")}</span> : null}
      {kind === "reopen" ? (
        <span className={css.tag}>{t(`status.messages.wish.${outcome ?? "waiting"}`)}</span>
      ) : null}
      {message.fresh ? <span className={css.new}>{t("status.messages.new")}</span> : null}
    </p>
  );
}
