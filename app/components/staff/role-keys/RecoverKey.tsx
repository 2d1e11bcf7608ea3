import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useKeyring } from "~/staff-client/keys/keyring";
import { prepareRecover } from "~/staff-client/keys/prepare-acts";
import { actOnRoleKey } from "~/staff-client/keys/role-keys";
import { recoveryGrant, type RecoveryRequest } from "~server/secrecy/recovery-request";
import type { SlotView } from "~server/secrecy/role-keys-view";
import { ErrorSummary } from "../ErrorSummary";
import controls from "../controls.module.css";
import styles from "./role-keys.module.css";
import { KeyFault, useKeyWork, type KeyNews } from "./use-key-work";

/** A key nobody can hand on any more: a request for three share holders, and what came back from them. */
export function RecoverKey({ slot, onDone }: { slot: SlotView; onDone: (news: KeyNews) => void }) {
  const { t } = useTranslation("staff");
  const id = useId();
  const keys = useKeyring();
  const { busy, refusal, setRefusal, run } = useKeyWork(onDone);
  const [text, setText] = useState("");
  const recover = async (): Promise<KeyNews> => {
    if (keys.state !== "open") throw new KeyFault("locked");
    const grant = readGrant(text);
    if (grant === null) throw new KeyFault("unread");
    const act = await prepareRecover(grant, slot.requests, keys.keyring);
    if (act === null) throw new KeyFault("mismatch");
    await actOnRoleKey(act);
    setText("");
    return "recovered";
  };
  return (
    <details className={controls.disclosure}>
      <summary>{t("roleKeys.recover.summary")}</summary>
      <ErrorSummary form={id} refusal={refusal} />
      <p>{t("roleKeys.recover.lead")}</p>
      <ol className={styles.steps}>
        <li>
          {t("roleKeys.recover.step1")}
          {slot.requests.map((request) => (
            <p key={request.roleKey.id}>
              <button
                type="button"
                className={controls.button}
                data-kind="plain"
                onClick={() => download(request)}
              >
                {t("roleKeys.recover.download", { epoch: request.roleKey.epoch })}
              </button>
            </p>
          ))}
        </li>
        <li>{t("roleKeys.recover.step2")}</li>
        <li>{t("roleKeys.recover.step3")}</li>
      </ol>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() === "") setRefusal(t("roleKeys.recover.empty"));
          else void run(recover);
        }}
      >
        <p className={controls.field}>
          <label htmlFor={`${id}-file`}>{t("roleKeys.recover.file")}</label>
          <input
            id={`${id}-file`}
            type="file"
            accept=".json,application/json"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file !== undefined && file.size < 65_536) void file.text().then(setText);
            }}
          />
        </p>
        <p className={controls.field}>
          <label htmlFor={`${id}-text`}>{t("roleKeys.recover.text")}</label>
          <textarea
            id={`${id}-text`}
            className={controls.input}
            rows={4}
            spellCheck={false}
            autoComplete="off"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </p>
        <p className={controls.buttons}>
          <button type="submit" className={controls.button} disabled={busy}>
            {t("roleKeys.recover.button")}
          </button>
          <span role="status" className={controls.muted}>
            {busy ? t("roleKeys.working") : ""}
          </span>
        </p>
      </form>
    </details>
  );
}

function readGrant(text: string) {
  try {
    return recoveryGrant.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function download(request: RecoveryRequest): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(request)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `recovery-request-${request.roleKey.slot.replace(/[^a-z0-9.-]+/g, "-")}-${request.roleKey.epoch}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
