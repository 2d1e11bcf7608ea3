import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import actions from "~/components/citizen/Actions.module.css";
import { MAX_FILE_BYTES } from "~server/evidence/limits";
import css from "./Files.module.css";

/** What /upload.js reads from the file chooser: its words, and the largest file worth sending. */
export function uploadData(t: TFunction): Record<`data-${string}`, string | number> {
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
  return { "data-words": JSON.stringify(words), "data-most": MAX_FILE_BYTES };
}

/** Where the script shows what is on its way, and the markup of one line. Empty without it. */
export function UploadQueue() {
  const { t } = useTranslation();
  return (
    <>
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
