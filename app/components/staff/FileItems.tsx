import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { openFile, saveFile } from "~/staff-client/open-file";
import { useKeyring } from "~/staff-client/keys/keyring";
import { FILE_TYPES } from "~server/evidence/limits";
import type { FileMeta } from "~server/evidence/file-meta";
import type { FilePart } from "~server/secrecy/file-format";
import { ProgressBar } from "./ProgressBar";
import controls from "./controls.module.css";
import styles from "./files.module.css";

/** Most of a text that is shown in place. */
const TEXT_SHOWN = 200_000;

/** A report's or message's files as its opened text lists them, or null when that is no such list. */
export function readFileList(text: string): FileMeta[] | null {
  try {
    const read = JSON.parse(text) as FileMeta[];
    const whole = (one: FileMeta) =>
      /^[0-9a-f-]{36}$/.test(one.id) && Object.hasOwn(FILE_TYPES, one.type) && Number.isSafeInteger(one.size);
    return Array.isArray(read) && read.every(whole) ? read : null;
  } catch {
    return null;
  }
}

/** Files a reporter sent, each opened in this browser when somebody asks for it. */
export function FileItems({ files }: { files: readonly FileMeta[] | null }) {
  const { t } = useTranslation("staff");
  if (files === null) return <p>{t("files.unreadable")}</p>;
  return (
    <ul className={styles.list}>
      {files.map((file) => (
        <FileItem key={file.id} file={file} />
      ))}
    </ul>
  );
}

type Shown =
  | { readonly state: "closed" | "asking" | "gone" | "broken" | "stopped" | "locked" }
  | { readonly state: "opening"; readonly part: FilePart; readonly done: number; readonly of: number }
  | {
      readonly state: "open";
      readonly part: FilePart;
      readonly url: string | null;
      readonly text: string | null;
      readonly intact: boolean | null;
    };

function FileItem({ file }: { file: FileMeta }) {
  const { t } = useTranslation("staff");
  const keys = useKeyring();
  const keyring = keys.state === "open" ? keys.keyring : null;
  const [shown, setShown] = useState<Shown>({ state: "closed" });
  const under = useRef<AbortController | null>(null);
  const url = shown.state === "open" ? shown.url : null;
  useEffect(() => () => under.current?.abort(), []);
  useEffect(
    () => () => {
      if (url !== null) URL.revokeObjectURL(url);
    },
    [url],
  );
  const open = async (part: FilePart, then: "show" | "save") => {
    if (keyring === null) return setShown({ state: "locked" });
    under.current?.abort();
    const controller = new AbortController();
    under.current = controller;
    const of = part === "original" ? file.size : (file.copy?.size ?? 0);
    setShown({ state: "opening", part, done: 0, of });
    const result = await openFile(file, part, keyring, {
      onProgress: (done) => setShown({ state: "opening", part, done, of }),
      signal: controller.signal,
    });
    if (controller.signal.aborted) return;
    if (result.state !== "open") return setShown({ state: result.state });
    if (then === "save") saveFile(file, part, result.blob);
    const shows = then === "show";
    const text = shows && file.type === "txt" ? await readText(result.blob) : null;
    const seen = shows && text === null ? URL.createObjectURL(result.blob) : null;
    setShown({ state: "open", part, url: seen, text, intact: result.intact });
  };
  return (
    <li className={styles.file}>
      <FileHead file={file} />
      <FileButtons
        file={file}
        busy={shown.state === "opening"}
        asking={shown.state === "asking"}
        onAsk={(asking) => setShown({ state: asking ? "asking" : "closed" })}
        onOpen={(part, then) => void open(part, then)}
      />
      {shown.state === "opening" && (
        <ProgressBar
          done={shown.done}
          of={shown.of}
          label={t("files.progress", { done: megabytes(shown.done), of: megabytes(shown.of) })}
        />
      )}
      <p role="status" className={styles.said}>
        {(shown.state === "gone" || shown.state === "stopped" || shown.state === "locked") &&
          t(`files.${shown.state}`)}
        {shown.state === "broken" && <span className={styles.bad}>{t("files.cannot")}</span>}
        {shown.state === "open" && shown.intact === true && t("files.checked")}
        {shown.state === "open" && shown.intact === false && (
          <span className={styles.bad}>{t("files.mismatch")}</span>
        )}
        {shown.state === "open" && shown.intact === null && t("files.copyNote")}
      </p>
      {shown.state === "open" && (shown.url !== null || shown.text !== null) && (
        <div className={styles.preview}>
          <Preview file={file} url={shown.url} text={shown.text} />
          <button
            type="button"
            className={controls.button}
            data-kind="plain"
            onClick={() => setShown({ state: "closed" })}
          >
            {t("files.close")}
          </button>
        </div>
      )}
    </li>
  );
}

function FileHead({ file }: { file: FileMeta }) {
  const { t } = useTranslation("staff");
  const size =
    file.size < 1024 * 1024
      ? t("files.size.kb", { size: Math.max(1, Math.round(file.size / 1024)) })
      : t("files.size.mb", { size: megabytes(file.size) });
  return (
    <>
      <p className={styles.name}>
        {file.name}{" "}
        <span className={controls.muted}>
          {t(`files.types.${file.type}`)} · {size}
        </span>{" "}
        <span className={controls.tag} data-tone="waiting" title={t("files.carriesHint")}>
          {t("files.carries")}
        </span>
        {file.scan === "unscanned" && (
          <span className={controls.tag} data-tone="major" title={t("files.unscannedHint")}>
            {t("files.unscanned")}
          </span>
        )}
      </p>
      <p className={styles.hash}>
        {t("files.sha256")} <code>{file.sha256}</code>
      </p>
    </>
  );
}

/** Pictures open as their copy; their original, and every file that cannot be shown in place, after a warning. */
function FileButtons({
  file,
  busy,
  asking,
  onAsk,
  onOpen,
}: {
  file: FileMeta;
  busy: boolean;
  asking: boolean;
  onAsk: (asking: boolean) => void;
  onOpen: (part: FilePart, then: "show" | "save") => void;
}) {
  const { t } = useTranslation("staff");
  const picture = FILE_TYPES[file.type].image;
  const plays = file.type === "mp3" || file.type === "m4a" || file.type === "mp4";
  const button = (label: string, act: () => void, kind = "plain") => (
    <button type="button" className={controls.button} data-kind={kind} disabled={busy} onClick={act}>
      {label}
      <span className="visually-hidden">：{file.name}</span>
    </button>
  );
  if (asking) {
    return (
      <div className={styles.ask}>
        <p>{t("files.originalAsk")}</p>
        <div className={styles.buttons}>
          {button(t("files.originalYes"), () => onOpen("original", "show"))}
          {button(t("files.download"), () => onOpen("original", "save"))}
          {button(t("files.cancel"), () => onAsk(false))}
        </div>
      </div>
    );
  }
  return (
    <div className={styles.buttons}>
      {file.copy !== null && button(t("files.view"), () => onOpen("copy", "show"), "primary")}
      {file.copy !== null && button(t("files.downloadCopy"), () => onOpen("copy", "save"))}
      {file.type === "txt" && button(t("files.viewText"), () => onOpen("original", "show"))}
      {plays && button(t("files.play"), () => onOpen("original", "show"))}
      {picture
        ? button(t("files.original"), () => onAsk(true))
        : button(t("files.download"), () => onOpen("original", "save"))}
      {!picture && <span className={controls.muted}>{t("files.danger")}</span>}
    </div>
  );
}

function Preview({ file, url, text }: { file: FileMeta; url: string | null; text: string | null }) {
  const { t } = useTranslation("staff");
  const label = t("files.preview", { name: file.name });
  if (text !== null) {
    return (
      <pre className={styles.text} tabIndex={0} aria-label={label}>
        {text}
      </pre>
    );
  }
  if (url === null) return null;
  if (FILE_TYPES[file.type].image) return <img src={url} alt={label} className={styles.picture} />;
  if (file.type === "mp4") return <video src={url} controls aria-label={label} className={styles.picture} />;
  return <audio src={url} controls aria-label={label} />;
}

/** UTF-8, or GBK where it is no UTF-8. */
async function readText(blob: Blob): Promise<string> {
  const bytes = await blob.slice(0, TEXT_SHOWN).arrayBuffer();
  const utf8 = new TextDecoder().decode(bytes);
  return utf8.slice(0, -1).includes("\uFFFD") ? new TextDecoder("gb18030").decode(bytes) : utf8;
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
