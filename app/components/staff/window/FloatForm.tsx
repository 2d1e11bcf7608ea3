import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { textOf } from "~/forms/parse-form";
import type { WindowFailure } from "~server/windows/act-on-window.server";
import { ErrorSummary } from "../ErrorSummary";
import { SelectField, TextField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";

/** Cash brought to a window, or taken back. */
export function FloatForm({
  windowId,
  requestKey,
  failed,
}: {
  windowId: string;
  requestKey: string;
  failed: WindowFailure | null;
}) {
  const { t } = useTranslation("staff");
  const mine = failed?.intent === "move" ? failed : null;
  const key = textOf(mine?.state.values, "requestKey") || requestKey;
  return (
    <section className={controls.card} aria-labelledby="float-title">
      <h2 id="float-title">{t("window.float.title")}</h2>
      <Form method="post" noValidate preventScrollReset key={key}>
        <ErrorSummary form="move" state={mine?.state} refusal={mine?.refusal} />
        <input type="hidden" name="windowId" value={windowId} />
        <input type="hidden" name="intent" value="move" />
        <input type="hidden" name="requestKey" value={key} />
        <SelectField
          form="move"
          state={mine?.state}
          name="kind"
          label={t("window.float.kind")}
          options={(["top_up", "return"] as const).map((value) => ({
            value,
            label: t(`window.float.${value}`),
          }))}
        />
        <TextField
          form="move"
          state={mine?.state}
          name="amount"
          label={t("window.float.amount")}
          inputMode="decimal"
          maxLength={30}
        />
        <SubmitButton kind="plain">{t("window.float.submit")}</SubmitButton>
      </Form>
    </section>
  );
}
