import { useTranslation } from "react-i18next";
import files from "~/components/evidence/Files.module.css";
import { UploadQueue, uploadData } from "~/components/evidence/UploadQueue";
import { WORDS_FIELD } from "~/forms/own-message";
import { ACCEPTED, MAX_MESSAGE_FILES } from "~server/evidence/limits";
import { MESSAGE_CHARACTERS } from "~server/secrecy/message-format";
import actions from "../Actions.module.css";
import { TextArea } from "../Fields";
import css from "./messages.module.css";

export type WordsProps = {
  readonly value: string;
  readonly error: string | undefined;
};

/** A message and its files. With script they are sent with a bar that shows how far they are. */
export function WriteMessage({ value, error, fileErrors }: WordsProps & { fileErrors: readonly string[] }) {
  const { t, i18n } = useTranslation();
  return (
    <section className={css.section} aria-label={t("status.messages.write")}>
      <TextArea
        name={WORDS_FIELD.message}
        rows={6}
        label={t("status.messages.write")}
        hint={t("status.messages.writeHint", { max: MESSAGE_CHARACTERS.toLocaleString(i18n.language) })}
        error={error}
        value={value}
        autoComplete="off"
      />
      <div className={css.files}>
        <label htmlFor="files">{t("status.messages.attach")}</label>
        <span id="files-hint" className={css.hint}>
          <span>{t("status.messages.attachHint", { most: MAX_MESSAGE_FILES })}</span>
          <span>{t("evidence.types")}</span>
          <span>{t("status.messages.attachCare")}</span>
        </span>
        {fileErrors.length === 0 ? null : (
          <span id="files-error" className={css.error}>
            {fileErrors.map((said) => (
              <span key={said}>
                <span className="visually-hidden">{t("error.prefix")}</span>
                {said}
              </span>
            ))}
          </span>
        )}
        <input
          type="file"
          id="files"
          name="files"
          multiple
          accept={ACCEPTED}
          aria-describedby={fileErrors.length === 0 ? "files-hint" : "files-error files-hint"}
          aria-invalid={fileErrors.length === 0 ? undefined : true}
          className={`${files.chooser} ${fileErrors.length === 0 ? "" : files.refusedChooser}`}
          {...uploadData(t)}
        />
        <UploadQueue />
      </div>
      <div className={actions.row}>
        <button type="submit" name="intent" value="message" className={actions.primary}>
          {t("status.messages.send")}
        </button>
      </div>
    </section>
  );
}
