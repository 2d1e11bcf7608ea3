import { Form, useNavigation, useSubmit } from "@remix-run/react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { StepUpRequest } from "~/forms/step-up";
import { passkeyFault, type PasskeyFault } from "~/staff-client/ask-webauthn";
import { stepUp } from "~/staff-client/step-up";
import { ErrorSummary } from "./ErrorSummary";
import controls from "./controls.module.css";

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
  const posting = useNavigation().state !== "idle";
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<PasskeyFault | null>(null);
  const send = async (element: HTMLFormElement, submitter: HTMLElement | null) => {
    const data = new FormData(element, submitter);
    setFault(null);
    setBusy(true);
    try {
      const request = await of(data);
      if (request !== null) data.set("stepUp", await stepUp(request));
      submit(data, { method: "post", action, preventScrollReset: true });
    } catch (error) {
      setFault(passkeyFault(error));
    }
    setBusy(false);
  };
  return (
    <Form
      method="post"
      action={action}
      className={className}
      onSubmit={(event) => {
        event.preventDefault();
        if (busy || posting) return;
        const { submitter } = event.nativeEvent as SubmitEvent;
        void send(event.currentTarget, submitter);
      }}
    >
      <ErrorSummary
        form={name}
        title={t("error.refusedTitle")}
        refusal={fault && ("said" in fault ? fault.said : t(`access.${fault.key}`))}
      />
      {children}
      <p role="status" className={controls.muted}>
        {busy ? t("access.working") : ""}
      </p>
    </Form>
  );
}
