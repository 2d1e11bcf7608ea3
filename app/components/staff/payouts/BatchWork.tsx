import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser";
import { useRevalidator } from "@remix-run/react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BatchAct } from "~/forms/batch-act";
import { EXECUTE_DAYS, lastExecuteDay } from "~/forms/execute-day";
import { paths } from "~/paths";
import { passkeyFault, postStep, type PasskeyFault } from "~/staff-client/ask-webauthn";
import { handPayeesOver, makeBankFile, saveBlob, type MadeBankFile } from "~/staff-client/bank/make-file";
import { useKeyring } from "~/staff-client/keys/keyring";
import { signWithPasskey } from "~/staff-client/passkey";
import { ErrorSummary } from "../ErrorSummary";
import { fieldId, type FormState } from "../Field";
import { KeysNotice } from "../KeysNotice";
import { Notice } from "../Notice";
import { ProgressBar } from "../ProgressBar";
import controls from "../controls.module.css";

type Count = { readonly done: number; readonly of: number };

/** 签字放行: the server binds a challenge to the batch's hash, the passkey signs it. */
export function ReleaseBatch({ batchId, why }: { batchId: string; why: string | null }) {
  const { t } = useTranslation("staff");
  const { revalidate } = useRevalidator();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<PasskeyFault | null>(null);
  const post = (act: BatchAct) => postStep(paths.staff.payoutAct(), act);
  const sign = async () => {
    setBusy(true);
    setFault(null);
    try {
      const asked = (await post({ step: "ask", batchId })) as {
        challengeId: string;
        options: PublicKeyCredentialRequestOptionsJSON;
      };
      const { answer: response } = await signWithPasskey(asked.options);
      await post({ step: "sign", batchId, challengeId: asked.challengeId, response });
      revalidate();
    } catch (error) {
      setFault(passkeyFault(error));
    }
    setBusy(false);
  };
  return (
    <section className={controls.spacedTop} aria-labelledby="release-title">
      <h2 id="release-title">{t("payouts.release.title")}</h2>
      <p className={controls.muted}>{t("payouts.release.hint")}</p>
      <Fault fault={fault} />
      {why !== null && <p className={controls.muted}>{t("finance.closed", { why })}</p>}
      <button
        type="button"
        className={controls.button}
        data-kind="primary"
        disabled={busy || why !== null}
        onClick={() => void sign()}
      >
        {t("payouts.release.button")}
      </button>
      <Script />
    </section>
  );
}

/** 移交收款信息: the approver's browser seals its shares anew to the batch's cashier, as far as was not done yet. */
export function HandPayees({ batchId }: { batchId: string }) {
  const { t } = useTranslation("staff");
  const { revalidate } = useRevalidator();
  const keys = useKeyring();
  const [count, setCount] = useState<Count | null>(null);
  const [told, setTold] = useState<"idle" | "busy" | "done" | "failed">("idle");
  const [fault, setFault] = useState<PasskeyFault | null>(null);
  const hand = async () => {
    if (keys.state !== "open") return setTold("failed");
    setTold("busy");
    setFault(null);
    try {
      const all = await handPayeesOver(batchId, keys.keyring, (done, of) => setCount({ done, of }));
      setTold(all ? "done" : "failed");
      revalidate();
    } catch (error) {
      setTold("idle");
      setFault(passkeyFault(error));
    }
  };
  return (
    <section className={controls.spacedTop} aria-labelledby="hand-title">
      <h2 id="hand-title">{t("payouts.hand.title")}</h2>
      <p className={controls.muted}>{t("payouts.hand.hint")}</p>
      <KeysNotice />
      <Fault fault={fault} />
      {count !== null && <ProgressBar {...count} label={t("payouts.hand.progress", { ...count })} />}
      <p role="status">
        {told === "done" && t("payouts.hand.done")}
        {told === "failed" && t("payouts.hand.failed")}
      </p>
      <button
        type="button"
        className={controls.button}
        disabled={told === "busy" || keys.state !== "open"}
        onClick={() => void hand()}
      >
        {t("payouts.hand.button")}
      </button>
      <Script />
    </section>
  );
}

const WRONG_DAY: FormState = { values: {}, errors: { executeOn: "executeDay" } };

/** 生成付款文件: payees meet in this page alone; nothing of them is shown, the file is saved and never sent. */
export function MakeFile({ batchId, today }: { batchId: string; today: string }) {
  const { t } = useTranslation("staff");
  const { revalidate } = useRevalidator();
  const keys = useKeyring();
  const [executeOn, setExecuteOn] = useState(today);
  const dayId = fieldId("file", "executeOn");
  const [count, setCount] = useState<Count | null>(null);
  const [made, setMade] = useState<MadeBankFile | null>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<PasskeyFault | null>(null);
  const make = async (kind: "pain001" | "csv") => {
    if (keys.state !== "open") return setMade({ state: "closed" });
    setBusy(true);
    setFault(null);
    setMade(null);
    try {
      const file = await makeBankFile({ batchId, kind, executeOn, today }, keys.keyring, (done, of) =>
        setCount({ done, of }),
      );
      setMade(file);
      if (file.state === "made") saveBlob(file.blob, file.name);
      revalidate();
    } catch (error) {
      setFault(passkeyFault(error));
    }
    setBusy(false);
  };
  return (
    <section className={controls.spacedTop} aria-labelledby="file-title">
      <h2 id="file-title">{t("payouts.file.title")}</h2>
      <p className={controls.muted}>{t("payouts.file.hint")}</p>
      <KeysNotice />
      <Fault fault={fault} />
      <ErrorSummary form="file" state={made?.state === "day" ? WRONG_DAY : null} />
      <div className={controls.field} data-invalid={made?.state === "day" ? "true" : undefined}>
        <label htmlFor={dayId}>{t("payouts.file.executeOn")}</label>
        <p id={`${dayId}-hint`} className={controls.hint}>
          {t("payouts.file.executeHint", { days: EXECUTE_DAYS })}
        </p>
        {made?.state === "day" && (
          <p id={`${dayId}-error`} className={controls.error}>
            <span className="visually-hidden">{t("forms.errorPrefix")}</span>
            {t("forms.errors.executeDay")}
          </p>
        )}
        <input
          id={dayId}
          type="date"
          className={controls.input}
          value={executeOn}
          min={today}
          max={lastExecuteDay(today)}
          aria-describedby={made?.state === "day" ? `${dayId}-hint ${dayId}-error` : `${dayId}-hint`}
          aria-invalid={made?.state === "day" ? true : undefined}
          onChange={({ target }) => setExecuteOn(target.value)}
        />
      </div>
      {busy && count !== null && <ProgressBar {...count} label={t("payouts.file.progress", { ...count })} />}
      <div role="status">
        {made?.state === "made" && <Notice>{t("payouts.file.done")}</Notice>}
        {made?.state === "closed" && <p>{t("payouts.file.failed")}</p>}
        {made?.state === "refused" && (
          <p>{t(`payouts.file.refused.${made.fault.why}`, { position: made.fault.position })}</p>
        )}
      </div>
      <div className={controls.buttons}>
        {(["pain001", "csv"] as const).map((kind) => (
          <button
            key={kind}
            type="button"
            className={controls.button}
            data-kind={kind === "csv" ? "plain" : "primary"}
            disabled={busy || keys.state !== "open"}
            onClick={() => void make(kind)}
          >
            {t(`payouts.file.${kind}`)}
          </button>
        ))}
        {made?.state === "made" && (
          <button
            type="button"
            className={controls.button}
            data-kind="quiet"
            onClick={() => saveBlob(made.blob, made.name)}
          >
            {t("payouts.file.again")}
          </button>
        )}
      </div>
      <Script />
    </section>
  );
}

function Fault({ fault }: { fault: PasskeyFault | null }) {
  const { t } = useTranslation("staff");
  return (
    <ErrorSummary
      form="batch-work"
      title={t("error.refusedTitle")}
      refusal={fault && ("said" in fault ? fault.said : t(`access.${fault.key}`))}
    />
  );
}

function Script() {
  const { t } = useTranslation("staff");
  return (
    <noscript>
      <p>{t("payouts.file.scriptNeeded")}</p>
    </noscript>
  );
}
