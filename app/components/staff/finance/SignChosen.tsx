import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser";
import { useRevalidator } from "@remix-run/react";
import { useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { askChosen, passkeyFault, PasskeyRefusal, type PasskeyFault } from "~/staff-client/ask-webauthn";
import { signWithPasskey } from "~/staff-client/passkey";
import type { ChosenRow } from "~server/rewards/read-chosen.server";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

const never = () => () => undefined;
const hasPasskeys = () => typeof window.PublicKeyCredential === "function";

type Step = Pick<ChosenRow, "ordinal" | "codeName" | "amountFen">;

/** Signs the open rows one after the other, a touch a voucher. What the server refuses is skipped and named below. */
export function SignChosen({ setId, open, begun }: { setId: string; open: readonly Step[]; begun: boolean }) {
  const { t } = useTranslation("staff");
  const { revalidate } = useRevalidator();
  const [now, setNow] = useState<Step | null>(null);
  const [fault, setFault] = useState<PasskeyFault | null>(null);
  // Null on the server and until the script runs: the button waits for it.
  const supported = useSyncExternalStore(never, hasPasskeys, () => null);
  const signOne = async ({ ordinal }: Step) => {
    const started = (await askChosen({ setId, ordinal })) as {
      challengeId: string;
      options: PublicKeyCredentialRequestOptionsJSON;
    };
    const { answer } = await signWithPasskey(started.options);
    const { challengeId } = started;
    await askChosen({ setId, ordinal, answer: { challengeId, response: JSON.stringify(answer) } });
  };
  const signAll = async () => {
    setFault(null);
    for (const step of open) {
      setNow(step);
      try {
        await signOne(step);
      } catch (error) {
        const met = passkeyFault(error);
        // A refusal in words is written to its row, and the next has its turn; a passkey put away stops it all.
        if (!(error instanceof PasskeyRefusal && "said" in met)) {
          setFault(met);
          break;
        }
      }
      revalidate();
    }
    setNow(null);
    revalidate();
  };
  const stopped = supported === false ? ({ key: "unsupported" } as const) : fault;
  return (
    <div className={styles.acts}>
      <p>{t("approvals.set.why")}</p>
      <noscript>
        <p className={controls.empty}>{t("finance.sign.noScript")}</p>
      </noscript>
      {stopped !== null && (
        <p className={styles.why} role="alert">
          {t("approvals.set.stopped", {
            why: "said" in stopped ? stopped.said : t(`access.${stopped.key}`),
          })}
        </p>
      )}
      <div className={controls.buttons}>
        <button
          type="button"
          className={controls.button}
          data-kind="primary"
          disabled={supported !== true || now !== null}
          onClick={() => void signAll()}
        >
          {t(begun ? "approvals.set.resume" : "approvals.set.start")}
        </button>
      </div>
      <p role="status" className={controls.muted}>
        {now === null
          ? ""
          : t("approvals.set.now", {
              place: now.ordinal,
              codeName: now.codeName,
              amount: formatFen(now.amountFen),
            })}
      </p>
    </div>
  );
}
