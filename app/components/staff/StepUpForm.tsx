import { Form, useBlocker, useNavigation, useSubmit } from "@remix-run/react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { StepUpRequest } from "~/forms/step-up";
import { passkeyFault, type PasskeyFault } from "~/staff-client/ask-webauthn";
import { stepUp } from "~/staff-client/step-up";
import { ErrorSummary } from "./ErrorSummary";
import controls from "./controls.module.css";

type Pressed = { readonly form: HTMLFormElement; readonly submitter: HTMLElement | null };

/**
 * A form whose sending first asks for the passkey. `of` says from what was filled in what the assertion is bound to;
 * null lets the form go without (the server still judges). The proof travels in the field `stepUp`.
 */
export function StepUpForm({
  name,
  of,
  action,
  className,
  children,
}: {
  name: string;
  of: (form: FormData) => StepUpRequest | null | Promise<StepUpRequest | null>;
  action?: string;
  className?: string;
  children: ReactNode;
}) {
  const { t } = useTranslation("staff");
  const submit = useSubmit();
  const { state, formData } = useNavigation();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<PasskeyFault | null>(null);
  /** Pressed while the page was being renewed: sent as soon as it is, with what is then typed. */
  const waiting = useRef<Pressed | null>(null);
  /** What was sent last, by its proof. */
  const [sent, setSent] = useState<string | null>(null);
  const send = async (element: HTMLFormElement, submitter: HTMLElement | null) => {
    const data = new FormData(element, submitter);
    setFault(null);
    setBusy(true);
    try {
      const request = await of(data);
      if (request !== null) {
        const proof = await stepUp(request);
        setSent(proof);
        data.set("stepUp", proof);
      }
      submit(data, { method: "post", action, preventScrollReset: true });
    } catch (error) {
      setFault(passkeyFault(error));
    }
    setBusy(false);
  };
  useEffect(() => {
    if (state !== "idle" || waiting.current === null) return;
    const { form, submitter } = waiting.current;
    waiting.current = null;
    if (form.isConnected) form.requestSubmit(submitter?.isConnected === true ? submitter : null);
  }, [state]);
  return (
    <Form
      method="post"
      action={action}
      className={className}
      onSubmit={(event) => {
        event.preventDefault();
        if (busy || state === "submitting") return;
        const { submitter } = event.nativeEvent as SubmitEvent;
        if (state === "loading") waiting.current = { form: event.currentTarget, submitter };
        else void send(event.currentTarget, submitter);
      }}
    >
      <ErrorSummary
        form={name}
        title={t("error.refusedTitle")}
        refusal={fault && ("said" in fault ? fault.said : t(`access.${fault.key}`))}
      />
      {children}
      {state === "submitting" && sent !== null && formData?.get("stepUp") === sent && <AnswerFirst />}
      <p role="status" className={controls.muted}>
        {busy ? t("access.working") : ""}
      </p>
    </Form>
  );
}

/**
 * Keeps the page until the answer is there: a link followed before it would break it off, and nobody would be told what became
 * of the act. What was clicked meanwhile is dropped.
 */
function AnswerFirst() {
  const blocker = useBlocker(true);
  useEffect(() => {
    if (blocker.state === "blocked") blocker.reset();
  }, [blocker]);
  return null;
}
