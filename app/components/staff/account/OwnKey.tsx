import { useTranslation } from "react-i18next";
import { formatInstant } from "~/i18n/format-date";
import { useKeyring } from "~/staff-client/keys/keyring";
import type { Account } from "~server/staff-auth/read-account.server";
import { UnlockKeys } from "../UnlockKeys";
import controls from "../controls.module.css";
import { MakeKey, NewCode } from "./MakeKey";
import type { AccountNews } from "./account-news";
import styles from "./account.module.css";

/** The person's key: made, described, given a new recovery code, or replaced when all that opened it is lost. */
export function OwnKey({
  account,
  owner,
  onDone,
}: {
  account: Account;
  owner: string;
  onDone: (news: AccountNews) => void;
}) {
  const { t } = useTranslation("staff");
  const { key, passkeys } = account;
  return (
    <section className={controls.card} aria-labelledby="own-key">
      <h2 id="own-key" className="no-print">
        {t("account.key.title")}
      </h2>
      {key === null ? (
        <>
          <p className="no-print">{t("account.key.why")}</p>
          <MakeKey owner={owner} replaces={false} onDone={onDone} />
        </>
      ) : (
        <>
          <dl className={`${styles.facts} no-print`}>
            <div>
              <dt>{t("account.key.state")}</dt>
              <dd>
                <UnlockKeys />
              </dd>
            </div>
            <div>
              <dt>{t("account.key.madeAt")}</dt>
              <dd>{formatInstant(key.madeAt)}</dd>
            </div>
            <div>
              <dt>{t("account.key.passkeys")}</dt>
              <dd>{t("account.key.passkeyCount", { count: unlocking(passkeys) })}</dd>
            </div>
            <div>
              <dt>{t("account.key.code")}</dt>
              <dd>
                {key.codeMadeAt === null
                  ? t("account.key.noCode")
                  : t("account.key.codeSince", { at: formatInstant(key.codeMadeAt) })}
              </dd>
            </div>
          </dl>
          {key.demo && <p className={controls.muted}>{t("account.key.demoKey")}</p>}
          {!key.demo && unlocking(passkeys) === 0 && (
            <p className={`${styles.advice} no-print`}>{t("account.key.onlyCode")}</p>
          )}
          {!key.demo && <CodeOf owner={owner} onDone={onDone} />}
          <details className={`${controls.disclosure} ${styles.lost}`}>
            <summary className="no-print">
              {t(key.mayReplace ? "account.key.replaceTitle" : "account.key.lostTitle")}
            </summary>
            <p className="no-print">
              {t(key.mayReplace ? "account.key.replaceWarning" : "account.key.lost")}
            </p>
            {key.mayReplace && <MakeKey owner={owner} replaces onDone={onDone} />}
          </details>
        </>
      )}
    </section>
  );
}

function CodeOf({ owner, onDone }: { owner: string; onDone: (news: AccountNews) => void }) {
  const { t } = useTranslation("staff");
  const keys = useKeyring();
  if (keys.state !== "open") {
    return <p className={`${controls.muted} no-print`}>{t("account.key.newCodeLocked")}</p>;
  }
  return <NewCode owner={owner} keyring={keys.keyring} onDone={onDone} />;
}

function unlocking(passkeys: Account["passkeys"]): number {
  return passkeys.filter(({ unlocks }) => unlocks).length;
}
