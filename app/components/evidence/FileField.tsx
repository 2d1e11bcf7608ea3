import { useTranslation } from "react-i18next";
import actions from "~/components/citizen/Actions.module.css";
import { ACCEPTED, MAX_FILE_BYTES } from "~server/evidence/limits";
import css from "./Files.module.css";

/** The file chooser, and what the script needs to send the chosen ones by itself: its words and one line's markup. */
export function FileField() {
  const { t } = useTranslation();
  const say = (key: "waiting" | "saving" | "retrying" | "lost" | "tooLarge" | "done") =>
    t(`evidence.script.${key}`);
  const words = {
    waiting: say("waiting"),
    // The script puts the number in.
    sending: t("evidence.script.sending", { percent: "%d" }),
    saving: say("saving"),
    retrying: say("retrying"),
    lost: say("lost"),
    tooLarge: say("tooLarge"),
    done: say("done"),
  };
  return (
    <>
      <div className={css.field}>
        <label htmlFor="files" className={css.label}>
          {t("evidence.choose")}
        </label>
        <span id="files-hint" className={css.hint}>
          {t("evidence.hint")}
        </span>
        <span id="files-types" className={css.hint}>
          {t("evidence.types")}
        </span>
        <input
          type="file"
          id="files"
          name="files"
          multiple
          accept={ACCEPTED}
          aria-describedby="files-hint files-types"
          className={css.chooser}
          data-words={JSON.stringify(words)}
          data-most={MAX_FILE_BYTES}
        />
      </div>
      <button type="submit" name="intent" value="upload" className={actions.secondary} data-upload-button>
        {t("evidence.upload")}
      </button>
      <p role="status" className="visually-hidden" data-upload-said />
      <ul className={css.list} data-upload-queue aria-label={t("evidence.upload")} hidden />
      <template data-upload-line>
        <li className={css.item}>
          <p className={css.name} data-name />
          <progress max={100} value={0} className={css.bar} />
          <p className={css.state} data-state />
          <button type="button" className={actions.secondary} data-retry hidden>
            {t("evidence.script.retry")}
          </button>
        </li>
      </template>
    </>
  );
}
