import { useTranslation } from "react-i18next";
import { chooseLanguage } from "~/i18n/choose-language";
import { formatDay } from "~/i18n/format-day";
import type { Locale } from "~/i18n/locale";
import { viewIntent } from "~/forms/status-view";
import type { OwnMessage, OwnThread } from "~server/messages/read-own-thread.server";
import actions from "../Actions.module.css";
import css from "./messages.module.css";

/** What both sides said, newest last, a page at a time; what is new to the reporter says so. */
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
          {thread.older === null ? null : <Turn to={thread.older} says={t("status.messages.older")} />}
          <ol className={css.thread}>
            {messages.map((message) => (
              <li key={message.id} className={css.message} data-direction={message.direction}>
                <Head message={message} />
                {message.text === null ? (
                  <p className={css.quiet}>{t("status.messages.broken")}</p>
                ) : message.text === "" ? null : (
                  <p className={css.text}>{message.text}</p>
                )}
                {message.more ? <ReadOn message={message} /> : null}
                {message.files === 0 ? null : (
                  <p className={css.quiet}>{t("status.messages.files", { count: message.files })}</p>
                )}
              </li>
            ))}
          </ol>
          {thread.before === null ? null : <Turn to={null} says={t("status.messages.newest")} />}
        </>
      )}
    </section>
  );
}

/** To another page of the talk; what stands in the boxes goes along. */
function Turn({ to, says }: { to: string | null; says: string }) {
  return (
    <p className="no-print">
      <button
        type="submit"
        form="question"
        formNoValidate
        formEncType="application/x-www-form-urlencoded"
        name="intent"
        value={viewIntent({ kind: "thread", before: to })}
        className={actions.secondary}
      >
        {says}
      </button>
    </p>
  );
}

function ReadOn({ message }: { message: OwnMessage }) {
  const { t, i18n } = useTranslation();
  return (
    <p className="no-print">
      <button
        type="submit"
        form="question"
        formNoValidate
        formEncType="application/x-www-form-urlencoded"
        name="intent"
        value={viewIntent({ kind: "message", id: message.id, part: 1 })}
        className={actions.link}
      >
        {t("status.messages.readOn")}
        <span className="visually-hidden">
          {t("status.messages.readOnWhich", { date: formatDay(message.on, i18n.language as Locale) })}
        </span>
      </button>
    </p>
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
