import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatInstant } from "~/i18n/format-date";
import type { Account } from "~server/staff-auth/read-account.server";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./account.module.css";

/** Where the person is signed in, this browser first said, and the end of any other. */
export function OwnSessions({ sessions, manages }: { sessions: Account["sessions"]; manages: boolean }) {
  const { t } = useTranslation("staff");
  const others = sessions.some(({ own }) => !own);
  return (
    <section className={`${controls.card} no-print`} aria-labelledby="own-sessions">
      <h2 id="own-sessions">{t("account.sessions.title")}</h2>
      <p className={controls.muted}>{t("account.sessions.lead")}</p>
      <ul className={styles.list}>
        {sessions.map((session) => {
          const at = formatInstant(session.createdAt);
          return (
            <li key={session.id}>
              <div className={styles.row}>
                <span>
                  {t("account.sessions.since", { at })} · {t(`methods.${session.method}`)}
                  <span className={styles.times}>
                    {t("account.sessions.seen", { at: formatInstant(session.lastSeenAt) })}
                  </span>
                </span>
                {session.own ? (
                  <span className={controls.tag} data-tone="stage">
                    {t("account.sessions.own")}
                  </span>
                ) : (
                  manages && (
                    <Form method="post" className={styles.inline} preventScrollReset>
                      <input type="hidden" name="intent" value="end-session" />
                      <input type="hidden" name="sessionId" value={session.id} />
                      <SubmitButton kind="plain" label={t("account.sessions.endFor", { at })}>
                        {t("account.sessions.end")}
                      </SubmitButton>
                    </Form>
                  )
                )}
              </div>
            </li>
          );
        })}
      </ul>
      {others && manages ? (
        <Form method="post" preventScrollReset>
          <input type="hidden" name="intent" value="end-others" />
          <SubmitButton kind="plain">{t("account.sessions.endOthers")}</SubmitButton>
        </Form>
      ) : (
        !others && <p className={controls.muted}>{t("account.sessions.only")}</p>
      )}
    </section>
  );
}
