import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  keepNewCode,
  keepNewKey,
  makeNewKey,
  type NewKey,
  type RecoveryCode,
} from "~/staff-client/keys/own-key";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { makeRecoveryCode } from "~server/secrecy/personal-key";
import { PasskeyButton } from "../PasskeyButton";
import controls from "../controls.module.css";
import { RecoveryWords } from "./RecoveryWords";
import type { AccountNews } from "./account-news";

/** Makes a personal key: words, three of them again, one touch. Nothing is kept anywhere before the touch. */
export function MakeKey({
  owner,
  replaces,
  onDone,
}: {
  owner: string;
  replaces: boolean;
  onDone: (news: AccountNews) => void;
}) {
  const { t } = useTranslation("staff");
  const [key, setKey] = useState<NewKey | null>(null);
  const [checked, setChecked] = useState(false);
  const cancel = () => {
    setKey(null);
    setChecked(false);
  };
  if (key === null) {
    return (
      <>
        <p className={controls.muted}>{t("account.key.beginHint")}</p>
        <p>
          <button
            type="button"
            className={controls.button}
            data-kind={replaces ? "danger" : "primary"}
            onClick={() => void makeNewKey().then(setKey)}
          >
            {t(replaces ? "account.key.replace" : "account.key.begin")}
          </button>
        </p>
      </>
    );
  }
  return (
    <>
      {checked ? (
        <>
          <h3>{t("account.confirm.title")}</h3>
          <p>{t("account.confirm.lead")}</p>
          <PasskeyButton
            label={t("account.confirm.button")}
            run={async () => {
              const { byPasskey } = await keepNewKey(key);
              onDone(byPasskey ? "made" : "madeByCodeOnly");
            }}
          />
        </>
      ) : (
        <RecoveryWords words={key.code.words} owner={owner} fresh onChecked={() => setChecked(true)} />
      )}
      <button type="button" className={`${controls.button} no-print`} data-kind="quiet" onClick={cancel}>
        {t("account.key.cancel")}
      </button>
    </>
  );
}

/** A new recovery code for an open key, in the same steps. */
export function NewCode({
  owner,
  keyring,
  onDone,
}: {
  owner: string;
  keyring: OpenKeyring;
  onDone: (news: AccountNews) => void;
}) {
  const { t } = useTranslation("staff");
  const [code, setCode] = useState<RecoveryCode | null>(null);
  const [checked, setChecked] = useState(false);
  const cancel = () => {
    setCode(null);
    setChecked(false);
  };
  if (code === null) {
    return (
      <p className={controls.buttons}>
        <button
          type="button"
          className={controls.button}
          data-kind="plain"
          onClick={() => setCode(makeRecoveryCode())}
        >
          {t("account.key.newCode")}
        </button>
        <span className={controls.muted}>{t("account.key.newCodeHint")}</span>
      </p>
    );
  }
  return (
    <>
      {checked ? (
        <>
          <p>{t("account.confirm.newLead")}</p>
          <PasskeyButton
            label={t("account.confirm.newButton")}
            run={async () => {
              await keepNewCode(keyring, code);
              cancel();
              onDone("newCode");
            }}
          />
        </>
      ) : (
        <RecoveryWords words={code.words} owner={owner} fresh={false} onChecked={() => setChecked(true)} />
      )}
      <button type="button" className={`${controls.button} no-print`} data-kind="quiet" onClick={cancel}>
        {t("account.key.cancel")}
      </button>
    </>
  );
}
