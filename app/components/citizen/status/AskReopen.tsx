import { useTranslation } from "react-i18next";
import { WORDS_FIELD } from "~/forms/own-message";
import actions from "../Actions.module.css";
import { TextArea } from "../Fields";
import type { WordsProps } from "./WriteMessage";
import css from "./messages.module.css";

/** A closed matter: its reporter may ask, with a reason, that it be opened again; once while one waits. */
export function AskReopen({ value, error, waits }: WordsProps & { waits: boolean }) {
  const { t } = useTranslation();
  return (
    <section aria-labelledby="reopen-title" className={css.section}>
      <h2 id="reopen-title">{t("status.reopen.title")}</h2>
      {waits ? (
        <p>{t("status.reopen.waits")}</p>
      ) : (
        <>
          <TextArea
            name={WORDS_FIELD.reopen}
            rows={5}
            label={t("status.reopen.reason")}
            hint={t("status.reopen.hint")}
            error={error}
            value={value}
            autoComplete="off"
          />
          <div className={actions.row}>
            <button
              type="submit"
              name="intent"
              value="reopen"
              // Files are a message's.
              formEncType="application/x-www-form-urlencoded"
              className={actions.secondary}
            >
              {t("status.reopen.send")}
            </button>
          </div>
        </>
      )}
    </section>
  );
}
