import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFreshPage } from "~/staff-client/messages/use-fresh-page";
import { useThread } from "~/staff-client/messages/use-thread";
import type { LeadFailure } from "~server/triage/act-on-lead.server";
import type { ThreadCount } from "~server/messages/count-threads.server";
import controls from "../controls.module.css";
import { ThreadMessages } from "./ThreadMessages";
import { UnreadMarks } from "./UnreadMarks";
import { WishAnswer } from "./WishAnswer";
import { WriteToReporter } from "./WriteToReporter";
import styles from "./messages.module.css";

/** One tip's talk with its reporter, opened in this browser when it is unfolded. */
export function TipThread({
  leadId,
  tipId,
  version,
  count,
  mayAnswerWish,
  failed,
}: {
  leadId: string;
  tipId: string;
  /** The lead's version the page shows. */
  version: number;
  count: ThreadCount;
  mayAnswerWish: boolean;
  failed: LeadFailure | null;
}) {
  const { t } = useTranslation("staff");
  const [wanted, setWanted] = useState(failed !== null);
  const refresh = useFreshPage();
  const { shown, reload, older, noteOpened } = useThread({ leadId, tipId, wanted }, refresh);
  const onSent = useCallback(() => {
    reload();
    refresh();
  }, [reload, refresh]);
  const thread = shown.state === "ready" ? shown.thread : null;
  const wish = thread?.messages.find(({ kind, outcome }) => kind === "reopen" && outcome === null);
  return (
    <details
      className={controls.disclosure}
      open={failed !== null || undefined}
      onToggle={(event) => {
        if (event.currentTarget.open) setWanted(true);
      }}
    >
      <summary>
        {t("messages.title", { count: count.messages })}{" "}
        <UnreadMarks unread={count.unread} wishes={count.wish ? 1 : 0} />
      </summary>
      <div className={styles.thread} data-thread={shown.state}>
        {shown.state === "loading" && <p className={controls.muted}>{t("messages.loading")}</p>}
        {shown.state === "offline" && (
          <p role="status">
            {t("messages.offline")}{" "}
            <button type="button" className={controls.button} data-kind="plain" onClick={reload}>
              {t("messages.retry")}
            </button>
          </p>
        )}
        {thread !== null && (
          <>
            <ThreadMessages thread={thread} onOlder={older} onOpened={noteOpened} />
            {wish !== undefined && mayAnswerWish && (
              <WishAnswer
                leadId={leadId}
                thread={thread}
                wishId={wish.id}
                version={version}
                failed={failed}
                onSent={onSent}
              />
            )}
            {thread.closed !== null ? (
              <p className={controls.muted}>{t(`messages.closed.${thread.closed}`)}</p>
            ) : thread.replyKey === null ? (
              <p className={controls.muted}>{t("messages.noKeys")}</p>
            ) : (
              thread.mayWrite && <WriteToReporter leadId={leadId} thread={thread} onSent={onSent} />
            )}
          </>
        )}
      </div>
    </details>
  );
}
