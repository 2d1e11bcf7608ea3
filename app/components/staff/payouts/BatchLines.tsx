import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import type { FormFailure } from "~server/clocks/carry-out.server";
import type { BatchView } from "~server/payouts/read-batch.server";
import { ErrorSummary } from "../ErrorSummary";
import { TextField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import finance from "../finance/finance.module.css";

/** The lines of a batch: code names and amounts, where each stands, and what may be said of it. */
export function BatchLines({ batch, failed }: { batch: BatchView; failed: FormFailure | null }) {
  const { t } = useTranslation("staff");
  const acts = batch.status === "sent" && (batch.may.mark || batch.may.say || batch.may.agree);
  return (
    <div className={controls.tableWrap}>
      <table className={`${controls.table} ${finance.table} ${finance.stacked}`}>
        <caption className="visually-hidden">{t("payouts.linesTitle")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("payouts.position")}</th>
            <th scope="col">{t("finance.codeName")}</th>
            <th scope="col" className={finance.amount}>
              {t("finance.amount")}
            </th>
            <th scope="col">{t("payouts.reference")}</th>
            <th scope="col">{t("payouts.state")}</th>
            {acts && <th scope="col">{t("payouts.act")}</th>}
          </tr>
        </thead>
        <tbody>
          {batch.lines.map((line) => (
            <tr key={line.id} data-line={line.state}>
              <td data-label={t("payouts.position")}>{line.position}</td>
              <th scope="row" className={finance.code}>
                {line.codeName}
              </th>
              <td className={finance.amount} data-label={t("finance.amount")}>
                {formatFen(line.amountFen)}
              </td>
              <td data-label={t("payouts.reference")}>{line.reference}</td>
              <td data-label={t("payouts.state")}>
                <span className={controls.tag} data-tone={toneOf(line.state)}>
                  {t(`payouts.lineStates.${line.state}`)}
                </span>
                {line.state === "unknown" && line.said !== null && (
                  <p className={finance.margin}>{t("payouts.said", { answer: line.said })}</p>
                )}
              </td>
              {acts && (
                <td>
                  <LineAct line={line} batch={batch} failed={failed} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LineAct({
  line,
  batch,
  failed,
}: {
  line: BatchView["lines"][number];
  batch: BatchView;
  failed: FormFailure | null;
}) {
  const { t } = useTranslation("staff");
  const { reference } = line;
  if (line.state === "sent" && batch.may.mark)
    return (
      <LineForm intent="unknown" line={line} failed={failed}>
        <SubmitButton kind="quiet" label={t("payouts.unknownFor", { reference })}>
          {t("payouts.unknown")}
        </SubmitButton>
      </LineForm>
    );
  if (line.state !== "unknown") return null;
  if (line.said !== null)
    return batch.may.agree && !line.saidByMe ? (
      <LineForm intent="agree" line={line} failed={failed}>
        <SubmitButton kind="danger" label={t("payouts.agreeFor", { reference })}>
          {t("payouts.agree")}
        </SubmitButton>
      </LineForm>
    ) : null;
  if (!batch.may.say) return null;
  const mine = failed?.form === `say-${line.id}` ? failed : null;
  return (
    <details className={finance.rowAct} open={mine !== null || undefined}>
      <summary aria-label={t("payouts.sayFor", { reference })}>{t("payouts.say")}</summary>
      <LineForm intent="say" line={line} failed={failed}>
        <TextField
          form={`say-${line.id}`}
          state={mine?.state ?? null}
          name="bankAnswer"
          label={t("payouts.bankAnswer")}
          hint={t("payouts.bankAnswerHint")}
          maxLength={40}
        />
        <SubmitButton label={t("payouts.sayFor", { reference })}>{t("payouts.say")}</SubmitButton>
      </LineForm>
    </details>
  );
}

function LineForm({
  intent,
  line,
  failed,
  children,
}: {
  intent: "unknown" | "say" | "agree";
  line: BatchView["lines"][number];
  failed: FormFailure | null;
  children: React.ReactNode;
}) {
  const form = `${intent}-${line.id}`;
  const mine = failed?.form === form ? failed : null;
  return (
    <Form method="post" noValidate preventScrollReset className={finance.rowForm}>
      <ErrorSummary form={form} state={mine?.state} refusal={mine?.refusal} />
      <input type="hidden" name="intent" value={intent} />
      <input type="hidden" name="lineId" value={line.id} />
      {children}
    </Form>
  );
}

function toneOf(state: BatchView["lines"][number]["state"]): string | undefined {
  if (state === "settled") return "good";
  return ["unknown", "bounced", "rejected"].includes(state) ? "warn" : undefined;
}
