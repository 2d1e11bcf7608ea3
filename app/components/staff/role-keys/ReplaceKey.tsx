import { useState } from "react";
import { useTranslation } from "react-i18next";
import { passkeyFault } from "~/staff-client/ask-webauthn";
import { useKeyring } from "~/staff-client/keys/keyring";
import { prepareRotate } from "~/staff-client/keys/prepare-acts";
import { actOnRoleKey, rewrapAll, type RewrapProgress } from "~/staff-client/keys/role-keys";
import type { PublicKeyView, SlotView } from "~server/secrecy/role-keys-view";
import { ErrorSummary } from "../ErrorSummary";
import { ProgressBar } from "../ProgressBar";
import controls from "../controls.module.css";
import styles from "./role-keys.module.css";
import { KeyFault, useKeyWork, type KeyNews } from "./use-key-work";

/** Replaces a slot's key and seals everything under the old one anew; what was broken off is gone on with from here. */
export function ReplaceKey({
  slot,
  recoveryKey,
  ownId,
  onDone,
}: {
  slot: SlotView;
  recoveryKey: PublicKeyView;
  ownId: string;
  onDone: (news: KeyNews) => void;
}) {
  const { t } = useTranslation("staff");
  const keys = useKeyring();
  const { busy, refusal, run } = useKeyWork(onDone);
  const [progress, setProgress] = useState<RewrapProgress | null>(null);
  const rewrap = async (ticket: string | undefined, news: KeyNews): Promise<KeyNews> => {
    if (ticket === undefined) throw new KeyFault("notHeld");
    setProgress({ done: 0, of: slot.stale, skipped: 0 });
    await rewrapAll({ slot: slot.slot, ticket }, setProgress).catch((error: unknown) => {
      const fault = passkeyFault(error);
      throw "said" in fault ? error : new KeyFault("brokenOff");
    });
    return news;
  };
  const rotate = async (): Promise<KeyNews> => {
    setProgress(null);
    if (keys.state !== "open") throw new KeyFault("locked");
    if (slot.key === null) throw new KeyFault("notHeld");
    const act = await prepareRotate({ ...slot.key, slot: slot.slot }, slot.rotateTo, recoveryKey);
    const { ticket } = await actOnRoleKey(act);
    return rewrap(ticket, "rotated");
  };
  const resume = async (): Promise<KeyNews> => {
    setProgress(null);
    if (keys.state !== "open") throw new KeyFault("locked");
    const { ticket } = await actOnRoleKey({ intent: "resume", slot: slot.slot });
    return rewrap(ticket, "rewrapped");
  };
  return (
    <>
      <ErrorSummary
        form={`replace-${slot.slot}`}
        refusal={refusal}
        title={progress === null ? undefined : t("roleKeys.rewrap.brokenTitle")}
      />
      {progress !== null && busy && (
        <ProgressBar done={progress.done} of={progress.of} label={t("roleKeys.rewrap.progress", progress)} />
      )}
      {progress !== null && progress.skipped > 0 && !busy && (
        <p className={styles.due}>{t("roleKeys.rewrap.skipped", { count: progress.skipped })}</p>
      )}
      {slot.stale > 0 && !busy && (
        <div className={styles.due}>
          <p>{t("roleKeys.rewrap.left", { count: slot.stale })}</p>
          <button type="button" className={controls.button} onClick={() => void run(resume)}>
            {t("roleKeys.rewrap.button")}
          </button>
        </div>
      )}
      <details className={controls.disclosure}>
        <summary>{t("roleKeys.rotate.summary")}</summary>
        <p>{t("roleKeys.rotate.lead")}</p>
        <p>{t("roleKeys.rotate.to")}</p>
        <ul className={styles.to}>
          {slot.members
            .filter(({ personalKey }) => slot.rotateTo.some(({ id }) => id === personalKey?.id))
            .map(({ staffId, name, personalKey, holds }) => (
              <li key={staffId}>
                {name}
                {staffId === ownId ? (
                  `（${t("roleKeys.members.self")}）`
                ) : (
                  <span className={styles.digits}>{personalKey?.fingerprint}</span>
                )}
                {!holds && (
                  <span className={controls.tag} data-tone="waiting">
                    {t("roleKeys.rotate.first")}
                  </span>
                )}
              </li>
            ))}
        </ul>
        <p className={controls.buttons}>
          <button
            type="button"
            className={controls.button}
            data-kind="danger"
            disabled={busy}
            onClick={() => void run(rotate)}
          >
            {t("roleKeys.rotate.button")}
          </button>
          <span role="status" className={controls.muted}>
            {busy ? t("roleKeys.working") : ""}
          </span>
        </p>
      </details>
    </>
  );
}
