import { useTranslation } from "react-i18next";
import { WORDS_FIELD } from "~/forms/own-message";
import { viewIntent } from "~/forms/status-view";
import { formatDay } from "~/i18n/format-day";
import type { Locale } from "~/i18n/locale";
import { paths } from "~/paths";
import type { ShownMessage } from "~server/messages/act-on-status.server";
import actions from "../Actions.module.css";
import css from "./messages.module.css";

/** One long message on a page of its own, in parts. What stands in the boxes of the page before goes along. */
export function OneMessage({ message, token, typed }: ShownMessage) {
  const { t, i18n } = useTranslation();
  const { id, part, parts } = message;
  const go = (to: number) => viewIntent({ kind: "message", id, part: to });
  return (
    <>
      <h1>{t("status.messages.whole")}</h1>
      <p className={css.head}>
        <strong>{t(message.direction === "in" ? "status.messages.you" : "status.messages.office")}</strong>
        <time dateTime={message.on}>{formatDay(message.on, i18n.language as Locale)}</time>
        {parts === 1 ? null : <span>{t("status.messages.part", { part, parts })}</span>}
      </p>
      <p className={css.text}>{message.text}</p>
      <form method="post" action={paths.status()} id="question" className={`${actions.row} no-print`}>
        <input type="hidden" name="token" value={token} />
        <input type="hidden" name="view" value={go(part)} />
        <input type="hidden" name={WORDS_FIELD.message} value={typed.message} />
        <input type="hidden" name={WORDS_FIELD.reopen} value={typed.reopen} />
        {part < parts ? (
          <button type="submit" name="intent" value={go(part + 1)} className={actions.primary}>
            {t("status.messages.nextPart")}
          </button>
        ) : null}
        {part > 1 ? (
          <button type="submit" name="intent" value={go(part - 1)} className={actions.secondary}>
            {t("status.messages.partBefore")}
          </button>
        ) : null}
        <button
          type="submit"
          name="intent"
          value={viewIntent({ kind: "thread", before: null })}
          className={actions.secondary}
        >
          {t("status.messages.back")}
        </button>
      </form>
    </>
  );
}
