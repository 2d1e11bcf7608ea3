import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import actions from "../Actions.module.css";
import { TextArea } from "../Fields";
import type { WordsProps } from "./WriteMessage";
import css from "./messages.module.css";

/** A closed matter: its reporter may ask, with a reason, that it be opened again; once while one waits. */
export function AskReopen({ token, formId, value, error, waits }: WordsProps & { waits: boolean }) {
  const { t } = useTranslation();
  return (
    <section aria-labelledby="reopen-title" className={`${css.section} no-print`}>
      <h2 id="reopen-title">{t("status.reopen.title")}</h2>
      {waits ? (
        <p>{t("status.reopen.waits")}</p>
      ) : (
        <form method="post" action={paths.status()} noValidate autoComplete="off">
          <input type="hidden" name="token" value={token} />
          <input type="hidden" name="formId" value={formId} />
          <TextArea
            name="text"
            id="reason"
            rows={5}
            label={t("status.reopen.reason")}
            hint={t("status.reopen.hint")}
            error={error}
            value={value}
            autoComplete="off"
          />
          <div className={actions.row}>
            <button type="submit" name="intent" value="reopen" className={actions.secondary}>
              {t("status.reopen.send")}
            </button>
          </div>
        </form>
      )}
    </section>
  );
}
