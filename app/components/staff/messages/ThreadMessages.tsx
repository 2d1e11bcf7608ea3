import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Sealed } from "~/components/Sealed";
import { formatDay } from "~/i18n/format-date";
import type { Thread, ThreadMessage } from "~server/messages/list-thread.server";
import type { MessageBundle } from "~server/secrecy/staff-message";
import { FileItems, readFileList } from "../FileItems";
import controls from "../controls.module.css";
import styles from "./messages.module.css";

/** The messages of a thread, newest last, each opened here; one that stands open is told to `onOpened`. */
export function ThreadMessages({
  thread,
  onOlder,
  onOpened,
}: {
  thread: Thread;
  onOlder: () => Promise<void>;
  onOpened: (id: string) => void;
}) {
  const { t } = useTranslation("staff");
  if (thread.messages.length === 0) return <p className={controls.muted}>{t("messages.none")}</p>;
  return (
    <>
      {thread.older !== null && (
        <button
          type="button"
          className={controls.button}
          data-kind="plain"
          onClick={() => void onOlder().catch(() => undefined)}
        >
          {t("messages.older")}
        </button>
      )}
      <ol className={styles.list}>
        {thread.messages.map((message) => (
          <Message key={message.id} thread={thread} message={message} onOpened={onOpened} />
        ))}
      </ol>
    </>
  );
}

function Message({
  thread,
  message,
  onOpened,
}: {
  thread: Thread;
  message: ThreadMessage;
  onOpened: (id: string) => void;
}) {
  const { t } = useTranslation("staff");
  const { id, direction, kind, readOn, outcome, suite, body, enc, key } = message;
  const { tipId, keys } = thread;
  const view = useMemo(
    (): MessageBundle => ({
      state: "sealed",
      message: { id, tipId, direction },
      suite,
      body,
      enc,
      key,
      keys,
    }),
    [id, tipId, direction, suite, body, enc, key, keys],
  );
  const isFresh = direction === "in" && readOn === null;
  const open = useCallback(() => {
    if (isFresh) onOpened(id);
  }, [isFresh, id, onOpened]);
  return (
    <li className={styles.message} data-direction={direction}>
      <p className={styles.head}>
        <strong>
          {message.writer === null
            ? t("messages.reporter")
            : t("messages.writer", { name: message.writer.name, agency: message.writer.agency })}
        </strong>
        <span className={styles.meta}>
          {formatDay(message.on)}
          {direction === "out" &&
            ` · ${readOn === null ? t("messages.notSeen") : t("messages.seen", { day: formatDay(readOn) })}`}
        </span>
        {kind === "question" && <span className={controls.tag}>{t("messages.question")}</span>}
        {kind === "evidence" && <span className={controls.tag}>{t("messages.evidence")}</span>}
        {kind === "reopen" && (
          <span className={controls.tag} data-tone={outcome === null ? "major" : undefined}>
            {t(`messages.wishes.${outcome ?? "waiting"}`)}
          </span>
        )}
        {isFresh && (
          <span className={controls.tag} data-tone="waiting">
            {t("messages.new")}
          </span>
        )}
      </p>
      <Sealed view={view} show={showMessage} onOpen={open} />
    </li>
  );
}

function showMessage(text: string, files: readonly unknown[]) {
  return (
    <>
      {text}
      {files.length > 0 && <FileItems files={readFileList(JSON.stringify(files))} />}
    </>
  );
}
