import { Form } from "@remix-run/react";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { postMessageAct } from "~/staff-client/messages/use-thread";
import { useSending } from "~/staff-client/messages/use-sending";
import type { Thread } from "~server/messages/list-thread.server";
import type { MessageToStore } from "~server/secrecy/staff-message";
import type { LeadFailure } from "~server/triage/act-on-lead.server";
import { ErrorSummary } from "../ErrorSummary";
import { TextAreaField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import { Words } from "./Words";
import styles from "./messages.module.css";

/** Triage answers a wish to open a closed matter again: it opens it, or says in a sealed message why not. */
export function WishAnswer({
  leadId,
  thread,
  wishId,
  version,
  failed,
  onSent,
}: {
  leadId: string;
  thread: Thread;
  wishId: string;
  version: number;
  failed: LeadFailure | null;
  onSent: () => void;
}) {
  const { t } = useTranslation("staff");
  const [text, setText] = useState("");
  const { tipId } = thread;
  const post = useCallback(
    (message: MessageToStore) => postMessageAct(leadId, { step: "decline", tipId, wishId, message }),
    [leadId, tipId, wishId],
  );
  const { busy, fault, send, clearFault } = useSending(thread, post);
  const form = `reopen-${tipId}`;
  return (
    <section className={styles.wish} aria-label={t("messages.wishTitle")}>
      <h4>{t("messages.wishTitle")}</h4>
      <Form method="post">
        <ErrorSummary form={form} state={failed?.state} refusal={failed?.refusal} />
        <p className={controls.hint}>{t("messages.reopenHint")}</p>
        <input type="hidden" name="intent" value="reopen" />
        <input type="hidden" name="tipId" value={tipId} />
        <input type="hidden" name="version" value={version} />
        <TextAreaField
          form={form}
          name="reopenNote"
          label={t("messages.reopenNote")}
          state={failed?.state ?? null}
          rows={2}
        />
        <SubmitButton>{t("messages.reopen")}</SubmitButton>
      </Form>
      <details className={controls.disclosure}>
        <summary>{t("messages.declineOpen")}</summary>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void send(text).then((done) => done && onSent());
          }}
        >
          <Words
            id={`decline-${tipId}`}
            label={t("messages.declineWords")}
            hint={t("messages.declineHint")}
            text={text}
            onChange={(now) => {
              setText(now);
              clearFault();
            }}
            fault={fault}
          />
          <button type="submit" className={controls.button} data-kind="plain" disabled={busy}>
            {t("messages.decline")}
          </button>
        </form>
      </details>
    </section>
  );
}
