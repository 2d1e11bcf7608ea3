import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import { MESSAGE_CHARACTERS } from "~server/secrecy/message-format";
import actions from "../Actions.module.css";
import { TextArea } from "../Fields";
import css from "./messages.module.css";

export type WordsProps = {
  readonly token: string;
  readonly formId: string;
  readonly value: string;
  readonly error: string | undefined;
};

/**
 * The form of a message. Files join it here: an `encType` of multipart, a file field, and `receiveFiles` before
 * `writeOwnMessage`, which takes what came as its `files`.
 */
export function WriteMessage({ token, formId, value, error }: WordsProps) {
  const { t, i18n } = useTranslation();
  return (
    <form
      method="post"
      action={paths.status()}
      noValidate
      autoComplete="off"
      className={`${css.section} no-print`}
    >
      <input type="hidden" name="token" value={token} />
      <input type="hidden" name="formId" value={formId} />
      <TextArea
        name="text"
        rows={6}
        label={t("status.messages.write")}
        hint={t("status.messages.writeHint", { max: MESSAGE_CHARACTERS.toLocaleString(i18n.language) })}
        error={error}
        value={value}
        autoComplete="off"
      />
      <div className={actions.row}>
        <button type="submit" name="intent" value="message" className={actions.primary}>
          {t("status.messages.send")}
        </button>
      </div>
    </form>
  );
}
