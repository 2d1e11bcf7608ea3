import { Form, Link } from "@remix-run/react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { PaymentFailure } from "~server/ledger/act-on-payment.server";
import type { PaymentRow } from "~server/ledger/list-payments.server";
import type { PaymentState } from "~server/ledger/payment-states";
import { ErrorSummary } from "../ErrorSummary";
import { TextField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

type Props = {
  readonly state: PaymentState;
  readonly rows: readonly PaymentRow[];
  readonly today: string;
  /** Why this state's act is closed to the viewer; null when it is open. */
  readonly closed: string | null;
  readonly failed: PaymentFailure | null;
  /** Whether the viewer may open the award's page; a cashier may not. */
  readonly mayOpen: boolean;
  /** A list that is booked as a whole: its rows have no acts of their own. */
  readonly whole: boolean;
  /** Whether the viewer is of the finance people who order a payment by hand, and say that one came back. */
  readonly mayOrder: boolean;
};

/** Awards on their way to the informant, one act each: 记账 or 登记付款. */
export function PaymentTable(given: Props) {
  const props = given.whole ? { ...given, closed: "", mayOrder: false } : given;
  const { t } = useTranslation("staff");
  const paid = props.state === "paid";
  return (
    <div className={controls.tableWrap}>
      <table className={`${controls.table} ${styles.table} ${styles.stacked}`}>
        <caption className="visually-hidden">{t(`finance.statuses.${props.state}`)}</caption>
        <thead>
          <tr>
            <th scope="col">{t("finance.codeName")}</th>
            <th scope="col" className={styles.amount}>
              {t("finance.amount")}
            </th>
            <th scope="col">{t(paid ? "finance.payments.paidOn" : "finance.payments.acceptedOn")}</th>
            {paid && <th scope="col">{t("finance.payments.reference")}</th>}
            {(props.closed === null || props.mayOrder) && <th scope="col">{t("finance.payments.act")}</th>}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <Row key={row.awardId} row={row} {...props} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row, ...props }: Props & { row: PaymentRow }) {
  const { t } = useTranslation("staff");
  const paid = props.state === "paid";
  const day = paid ? row.payout?.paidOn : row.acceptedOn;
  return (
    <tr>
      <th scope="row" className={styles.code}>
        {props.mayOpen ? <Link to={paths.staff.award(row.awardId)}>{row.codeName}</Link> : row.codeName}
        {row.bounced.length > 0 && (
          <p className={styles.margin}>
            {t("finance.payments.earlier", { references: row.bounced.join(t("separator")) })}
          </p>
        )}
        {row.unknown && <p className={styles.margin}>{t("finance.payments.unknown")}</p>}
      </th>
      <td className={styles.amount} data-label={t("finance.amount")}>
        {formatFen(row.amountFen)}
      </td>
      <td data-label={t(paid ? "finance.payments.paidOn" : "finance.payments.acceptedOn")}>
        {day && formatDay(day)}
      </td>
      {paid && <td data-label={t("finance.payments.reference")}>{row.payout?.reference}</td>}
      {props.mayOrder ? (
        <td>
          <RowOrder row={row} paid={paid} />
        </td>
      ) : (
        props.closed === null && (
          <td>
            <RowAct row={row} {...props} />
          </td>
        )
      )}
    </tr>
  );
}

/** Where finance orders a payment by hand or says that it came back, or why it need not. */
function RowOrder({ row, paid }: { row: PaymentRow; paid: boolean }) {
  const { t } = useTranslation("staff");
  if (paid)
    return row.mayReturn ? (
      <Link to={paths.staff.budgetActs(row.awardId)}>
        {t("finance.payments.returnFor", { codeName: row.codeName })}
      </Link>
    ) : (
      <p className={styles.margin}>{t(`finance.payments.${whyNoReturn(row)}`)}</p>
    );
  // Beside the code name, for everybody.
  if (row.unknown) return null;
  if (row.inBatch) return <p className={styles.margin}>{t("finance.payments.inBatch")}</p>;
  if (row.behind !== null)
    return (
      <p className={styles.margin}>
        {t("finance.payments.ordered", { day: formatDay(row.behind.until ?? "") })}
      </p>
    );
  return (
    <Link to={paths.staff.budgetActs(row.awardId)}>
      {t("finance.payments.orderFor", { codeName: row.codeName })}
    </Link>
  );
}

/** Why nothing is said of a paid award's return here. */
function whyNoReturn(row: PaymentRow) {
  if (row.payout?.kind === "window") return "handedOver" as const;
  if (row.inBatch) return "bounceByBank" as const;
  return row.mayReturn ? ("returnByTwo" as const) : ("clawedBack" as const);
}

function RowAct({ row, ...props }: Props & { row: PaymentRow }) {
  const { t } = useTranslation("staff");
  const failed = props.failed?.awardId === row.awardId ? props.failed : null;
  const form = `row-${row.awardId}`;
  const field = { form, state: failed?.state ?? null };
  const { codeName } = row;
  if (props.state === "accepted") {
    return (
      <RowForm intent="post" row={row} failed={failed} label={t("finance.payments.postFor", { codeName })}>
        <SubmitButton kind="plain">{t("finance.payments.postFor", { codeName })}</SubmitButton>
      </RowForm>
    );
  }
  if (props.state === "paid")
    return <p className={styles.margin}>{t(`finance.payments.${whyNoReturn(row)}`)}</p>;
  if (row.behind === null)
    return (
      <p className={styles.margin}>
        {t(row.inBatch ? "finance.payments.batchFirst" : "finance.payments.orderFirst")}
      </p>
    );
  const label = t("finance.payments.payFor", { codeName });
  return (
    <details className={styles.rowAct} open={failed !== null || undefined}>
      <summary aria-label={label}>{t("finance.payments.pay")}</summary>
      <RowForm intent="pay" row={row} failed={failed} label={label}>
        {row.behind.until !== null && (
          <p className={styles.margin}>
            {t("finance.payments.orderUntil", { day: formatDay(row.behind.until) })}
            {row.behind.forBank !== null && (
              <> {t("ledgerActs.order.forBank", { reference: row.behind.forBank })}</>
            )}
          </p>
        )}
        <TextField
          {...field}
          name="paidOn"
          label={t("finance.payments.paidOn")}
          hint={t("finance.payments.dayHint")}
          value={props.today}
          maxLength={20}
        />
        <TextField
          {...field}
          name="reference"
          label={t("finance.payments.reference")}
          hint={
            row.behind.forBank === null
              ? t("finance.payments.referenceHint")
              : t("finance.payments.referenceOrOrder", { reference: row.behind.forBank })
          }
          value={row.behind.reference ?? ""}
          maxLength={40}
        />
        <SubmitButton kind="primary">{label}</SubmitButton>
      </RowForm>
    </details>
  );
}

function RowForm({
  intent,
  row,
  failed,
  label,
  children,
}: {
  intent: "post" | "pay";
  row: PaymentRow;
  failed: PaymentFailure | null;
  label: string;
  children: ReactNode;
}) {
  return (
    <Form method="post" noValidate preventScrollReset className={styles.rowForm} aria-label={label}>
      <ErrorSummary form={`row-${row.awardId}`} state={failed?.state} refusal={failed?.refusal} />
      <input type="hidden" name="intent" value={intent} />
      <input type="hidden" name="awardId" value={row.awardId} />
      {children}
    </Form>
  );
}
