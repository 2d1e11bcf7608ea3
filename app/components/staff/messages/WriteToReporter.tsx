import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { QUESTION_TEMPLATES } from "~/forms/staff-messages";
import { postMessageAct } from "~/staff-client/messages/use-thread";
import { useSending } from "~/staff-client/messages/use-sending";
import { MESSAGE_CHARACTERS } from "~server/secrecy/message-format";
import type { Thread } from "~server/messages/list-thread.server";
import type { MessageToStore } from "~server/secrecy/staff-message";
import controls from "../controls.module.css";
import { Words } from "./Words";

/** A message or a question to one reporter, sealed in this browser; a template is a start that is edited. */
export function WriteToReporter({
  leadId,
  thread,
  onSent,
}: {
  leadId: string;
  thread: Thread;
  onSent: () => void;
}) {
  const { t } = useTranslation("staff");
  const [text, setText] = useState("");
  const [asks, setAsks] = useState(false);
  const [sent, setSent] = useState(false);
  const { tipId } = thread;
  const post = useCallback(
    (message: MessageToStore) =>
      postMessageAct(leadId, { step: "write", tipId, kind: asks ? "question" : "text", message }),
    [leadId, tipId, asks],
  );
  const { busy, fault, send, clearFault } = useSending(thread, post);
  const id = `write-${tipId}`;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setSent(false);
        void send(text).then((done) => {
          if (!done) return;
          setText("");
          setAsks(false);
          setSent(true);
          onSent();
        });
      }}
    >
      {sent && (
        <p className={controls.notice} role="status">
          {t("messages.sent")}
        </p>
      )}
      <div className={controls.field}>
        <label htmlFor={`${id}-template`}>{t("messages.template")}</label>
        <select
          id={`${id}-template`}
          className={controls.input}
          value=""
          onChange={(event) => {
            const chosen = QUESTION_TEMPLATES.find((one) => one === event.target.value);
            if (chosen === undefined) return;
            const words = t(`messages.templates.${chosen}.text`);
            setText((now) => (now.trim() === "" ? words : `${now.trimEnd()}\n\n${words}`));
            if (chosen !== "status" && chosen !== "received") setAsks(true);
          }}
        >
          <option value="">{t("messages.chooseTemplate")}</option>
          {QUESTION_TEMPLATES.map((one) => (
            <option key={one} value={one}>
              {t(`messages.templates.${one}.name`)}
            </option>
          ))}
        </select>
      </div>
      <Words
        id={id}
        label={t("messages.write")}
        hint={t("messages.writeHint", { max: MESSAGE_CHARACTERS })}
        text={text}
        onChange={(now) => {
          setText(now);
          clearFault();
        }}
        fault={fault}
      />
      <div className={controls.check}>
        <input
          id={`${id}-asks`}
          type="checkbox"
          checked={asks}
          onChange={(event) => setAsks(event.target.checked)}
        />
        <label htmlFor={`${id}-asks`}>{t("messages.asks")}</label>
      </div>
      <button type="submit" className={controls.button} disabled={busy}>
        {t(busy ? "messages.sending" : "messages.send")}
      </button>
    </form>
  );
}
