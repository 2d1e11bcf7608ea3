import { useTranslation } from "react-i18next";
import actions from "~/components/citizen/Actions.module.css";
import { ACCEPTED } from "~server/evidence/limits";
import css from "./Files.module.css";
import { UploadQueue, uploadData } from "./UploadQueue";

/** The file chooser, and what the script needs to send the chosen ones by itself. */
export function FileField() {
  const { t } = useTranslation();
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
          {...uploadData(t)}
        />
      </div>
      <button type="submit" name="intent" value="upload" className={actions.secondary} data-upload-button>
        {t("evidence.upload")}
      </button>
      <UploadQueue />
    </>
  );
}
