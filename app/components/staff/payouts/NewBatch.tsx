import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import type { FormFailure } from "~server/clocks/carry-out.server";
import type { Candidates } from "~server/payouts/list-batches.server";
import { ErrorSummary } from "../ErrorSummary";
import { CheckField, SelectField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./payouts.module.css";

/** Chooses posted awards by transfer and the cashier for a new batch; one form for each source of money. */
export function NewBatch({
  candidates,
  failed,
}: {
  candidates: Candidates | null;
  failed: FormFailure | null;
}) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.spacedTop} aria-labelledby="new-title">
      <h2 id="new-title">{t("payouts.newTitle")}</h2>
      <p className={controls.muted}>{candidates === null ? t("payouts.closed") : t("payouts.newHint")}</p>
      <ErrorSummary form="freeze" state={failed?.state} refusal={failed?.refusal} />
      {candidates?.funds.length === 0 && <p className={controls.empty}>{t("payouts.newEmpty")}</p>}
      {candidates?.funds.map((fund) => (
        <Form key={fund.fundId} method="post" noValidate preventScrollReset className={controls.card}>
          <input type="hidden" name="intent" value="freeze" />
          <fieldset className={styles.picks} id="freeze-awardIds">
            <legend>{fund.source}</legend>
            {fund.awards.map((award) => (
              <CheckField
                key={award.id}
                form="freeze"
                name="awardIds"
                value={award.id}
                checked
                state={failed?.state ?? null}
                label={`${award.codeName} · ${formatFen(award.amountFen)}${
                  award.acceptedOn === null
                    ? ""
                    : ` · ${t("payouts.acceptedOn", { day: formatDay(award.acceptedOn) })}`
                }`}
              />
            ))}
          </fieldset>
          <SelectField
            form="freeze"
            state={failed?.state ?? null}
            name="cashierId"
            label={t("payouts.cashier")}
            empty={t("lead.choose")}
            options={candidates.cashiers.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <SubmitButton>{t("payouts.freeze")}</SubmitButton>
        </Form>
      ))}
    </section>
  );
}
