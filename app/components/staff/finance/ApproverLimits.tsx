import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import type { FormFailure } from "~server/clocks/carry-out.server";
import type { listDeputies } from "~server/rewards/list-deputies.server";
import { ErrorSummary } from "../ErrorSummary";
import { SelectField, TextField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

type View = Awaited<ReturnType<typeof listDeputies>>;

/** Up to what each approver approves; one administrator asks for a limit, another gives it. */
export function ApproverLimits({
  approvers,
  mayAsk,
  failed,
}: {
  approvers: View["approvers"];
  mayAsk: boolean;
  failed: FormFailure | null;
}) {
  const { t } = useTranslation("staff");
  const say = (fen: bigint | null) =>
    fen === null ? t("approvals.limit.none") : t("approvals.limit.upTo", { amount: formatFen(fen) });
  const asked = failed?.form === "limit" ? failed : null;
  const settled = failed?.form === "settle" ? failed : null;
  return (
    <section className={controls.card} aria-labelledby="limits-title">
      <h2 id="limits-title">{t("approvals.limit.title")}</h2>
      <p className={controls.muted}>{t("approvals.limit.lead")}</p>
      <ErrorSummary form="settle" refusal={settled?.refusal} />
      {approvers.length === 0 && <p className={controls.empty}>{t("approvals.limit.empty")}</p>}
      <ul className={styles.entries}>
        {approvers.map((approver) => (
          <li key={approver.staffId}>
            <p>
              <strong>{approver.name}</strong> · {say(approver.limitFen)}
            </p>
            {approver.asked !== null && (
              <p className={controls.muted}>
                {t("approvals.limit.asked", {
                  name: approver.asked.name,
                  limit: say(approver.asked.limitFen),
                })}
              </p>
            )}
            {approver.asked !== null && mayAsk && (
              <Form method="post" className={controls.buttons} preventScrollReset>
                <input type="hidden" name="intent" value="settle" />
                <input type="hidden" name="limitId" value={approver.asked.id} />
                {!approver.asked.own && (
                  <SubmitButton name="outcome" value="granted">
                    {t("approvals.limit.grant")}
                  </SubmitButton>
                )}
                <SubmitButton kind="plain" name="outcome" value="refused">
                  {t("approvals.limit.refuse")}
                </SubmitButton>
              </Form>
            )}
          </li>
        ))}
      </ul>
      {mayAsk && approvers.length > 0 && (
        <Form method="post">
          <h3>{t("approvals.limit.ask")}</h3>
          <ErrorSummary form="limit" state={asked?.state} refusal={asked?.refusal} />
          <input type="hidden" name="intent" value="limit" />
          <SelectField
            form="limit"
            name="staffId"
            label={t("approvals.limit.person")}
            options={approvers.map(({ staffId, name }) => ({ value: staffId, label: name }))}
            empty={t("approvals.deputy.choose")}
            state={asked?.state ?? null}
          />
          <TextField
            form="limit"
            name="limit"
            label={t("approvals.limit.amount")}
            hint={t("approvals.limit.amountHint")}
            maxLength={30}
            state={asked?.state}
          />
          <SubmitButton>{t("approvals.limit.submit")}</SubmitButton>
        </Form>
      )}
    </section>
  );
}
