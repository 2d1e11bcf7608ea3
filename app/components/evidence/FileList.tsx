import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import actions from "~/components/citizen/Actions.module.css";
import { Notice } from "~/components/citizen/Notice";
import { MAX_FILES } from "~server/evidence/limits";
import type { ListedFile } from "~server/evidence/list-files.server";
import css from "./Files.module.css";

/** What was added so far, each with its state, what is wrong with it and a way to take it out. */
export function FileList({ files, already }: { files: readonly ListedFile[]; already: readonly string[] }) {
  const { t } = useTranslation();
  const stored = files.filter(({ state }) => state === "stored").length;
  return (
    <section aria-labelledby="file-list-title" className={css.section} data-files>
      <h2 id="file-list-title" className={css.title}>
        {t("evidence.listTitle")}
        <span className={css.count}>{t("evidence.count", { count: stored, most: MAX_FILES })}</span>
      </h2>
      {already.length === 0 ? null : (
        <Notice>
          {already.map((name, at) => (
            <p key={at}>{t("evidence.already", { name })}</p>
          ))}
        </Notice>
      )}
      {files.length === 0 ? (
        <p className={css.hint}>{t("evidence.none")}</p>
      ) : (
        <ul className={css.list}>
          {files.map((file) => (
            <li
              key={file.id}
              id={`file-${file.id}`}
              tabIndex={-1}
              className={css.item}
              data-state={file.state}
              data-name={file.name}
            >
              <div className={css.told}>
                <p className={css.name}>{file.name}</p>
                <p className={css.state}>
                  {t(`evidence.states.${file.state}`)}
                  {file.state === "stored" ? ` · ${sizeText(t, file.size)}` : null}
                </p>
                {notesOn(t, file).map((note) => (
                  <p key={note} className={css.note}>
                    {note}
                  </p>
                ))}
              </div>
              <form method="post" className={css.remove}>
                <button type="submit" name="remove" value={file.id} className={actions.link}>
                  {t("evidence.remove")}
                  <span className="visually-hidden">{t("evidence.removeWhat", { name: file.name })}</span>
                </button>
              </form>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function notesOn(t: TFunction, file: ListedFile): string[] {
  switch (file.state) {
    case "refused":
      return [t(`evidence.reasons.${file.reason ?? "failed"}`)];
    case "interrupted":
      return [t("evidence.interrupted")];
    case "receiving":
      return [t("evidence.receiving")];
    case "stored":
      return [
        ...(file.misnamed && file.type !== null ? [t("evidence.misnamed", { type: file.type })] : []),
        ...(file.metadata === null ? [] : [t(`evidence.metadata.${file.metadata}`)]),
      ];
  }
}

/** Whole KB, or MB to one place. */
export function sizeText(t: TFunction, bytes: number): string {
  return bytes < 1024 * 1024
    ? t("evidence.bytes.kb", { size: Math.max(1, Math.round(bytes / 1024)) })
    : t("evidence.bytes.mb", { size: (bytes / 1024 / 1024).toFixed(1) });
}
