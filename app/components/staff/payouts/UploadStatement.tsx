import { useRevalidator } from "@remix-run/react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BankFormat } from "~/forms/bank-format";
import { parseYuanToFen } from "~/forms/money";
import { paths } from "~/paths";
import { passkeyFault, postStep, type PasskeyFault } from "~/staff-client/ask-webauthn";
import { MAX_STATEMENT_BYTES, readCamt053 } from "~/staff-client/bank/read-camt053";
import { readStatementCsv } from "~/staff-client/bank/read-statement-csv";
import type { ReadStatement } from "~/staff-client/bank/statement";
import type { TakenStatement, UploadedStatement } from "~server/payouts/take-statement.server";
import { ErrorSummary } from "../ErrorSummary";
import { Notice } from "../Notice";
import controls from "../controls.module.css";
import { yuan } from "~/staff-client/bank/payment";

type Props = {
  readonly funds: readonly { readonly id: string; readonly source: string }[];
  readonly format: BankFormat["statement"];
  readonly closed: string | null;
  readonly today: string;
};

const FIELDS = ["number", "closedOn", "closing"] as const;

/** Reads a bank's file in this page and sends its bare lines: what else stands in the file never leaves it. */
export function UploadStatement({ funds, format, closed, today }: Props) {
  const { t } = useTranslation("staff");
  const { revalidate } = useRevalidator();
  const [read, setRead] = useState<ReadStatement | null>(null);
  const [told, setTold] = useState<"unreadable" | "incomplete" | number | null>(null);
  const [fields, setFields] = useState({
    fundId: funds[0]?.id ?? "",
    number: "",
    closedOn: today,
    closing: "",
  });
  const [busy, setBusy] = useState(false);
  const [taken, setTaken] = useState<TakenStatement | null>(null);
  const [fault, setFault] = useState<PasskeyFault | null>(null);
  if (closed !== null)
    return <p className={controls.muted}>{t("finance.closed", { why: t("payouts.statements.closed") })}</p>;
  const choose = async (file: File | undefined) => {
    setRead(null);
    setTaken(null);
    setFault(null);
    setTold(null);
    if (file === undefined) return;
    const wrong: number[] = [];
    const found = await readFile(file, format, (line) => wrong.push(line));
    setRead(found);
    if (found === null) return setTold(wrong[0] ?? "unreadable");
    const closedOn = found.closedOn ?? today;
    setFields((now) => ({
      ...now,
      closedOn,
      number: `${closedOn.replaceAll("-", "")}-1`,
      closing:
        found.closingFen === null ? "" : `${found.closingFen < 0n ? "-" : ""}${yuan(abs(found.closingFen))}`,
    }));
  };
  const send = async () => {
    const closing = parseYuanToFen(fields.closing.replace(/^-/, ""));
    if (read === null) return;
    if (closing === null || !/^\d{8}-\d{1,2}$/.test(fields.number)) return setTold("incomplete");
    setTold(null);
    setBusy(true);
    setFault(null);
    const { fundId, number, closedOn } = fields;
    const closingFen = (fields.closing.startsWith("-") ? -closing : closing).toString();
    const body: UploadedStatement = { fundId, number, closedOn, closingFen, lines: [...read.lines] };
    try {
      setTaken((await postStep(paths.staff.statement(), body)) as TakenStatement);
      setRead(null);
      revalidate();
    } catch (error) {
      setFault(passkeyFault(error));
    }
    setBusy(false);
  };
  const count = (outcome: string) => taken?.outcomes[outcome] ?? 0;
  return (
    <section className={controls.card} aria-labelledby="upload-title">
      <h2 id="upload-title">{t("payouts.statements.upload")}</h2>
      <ErrorSummary
        form="statement"
        title={t("error.refusedTitle")}
        refusal={fault && ("said" in fault ? fault.said : t(`access.${fault.key}`))}
      />
      <div className={controls.field}>
        <label htmlFor="statement-file">{t("payouts.statements.file")}</label>
        <input
          id="statement-file"
          type="file"
          accept=".xml,.csv,.txt"
          className={controls.input}
          onChange={({ target }) => void choose(target.files?.[0])}
        />
      </div>
      <div role="status">
        {told !== null && (
          <p>
            {typeof told === "number"
              ? t("payouts.statements.wrongLine", { line: told })
              : t(`payouts.statements.${told}`)}
          </p>
        )}
        {read !== null && (
          <p>
            {read.lines.length === 0
              ? t("payouts.statements.readNone")
              : t("payouts.statements.readOk", {
                  count: read.lines.length,
                  own: read.lines.filter(({ endToEndId }) => endToEndId !== null).length,
                })}
          </p>
        )}
        {taken !== null && (
          <Notice>
            {t("payouts.statements.taken", {
              settled: count("settled"),
              bounced: count("bounced"),
              rejected: count("rejected"),
              suspense: count("suspense"),
              named: count("named"),
              pending: count("pending"),
            })}
          </Notice>
        )}
      </div>
      {read !== null && (
        <>
          <div className={controls.field}>
            <label htmlFor="statement-fund">{t("payouts.statements.fund")}</label>
            <select
              id="statement-fund"
              className={controls.input}
              value={fields.fundId}
              onChange={({ target }) => setFields((now) => ({ ...now, fundId: target.value }))}
            >
              {funds.map(({ id, source }) => (
                <option key={id} value={id}>
                  {source}
                </option>
              ))}
            </select>
          </div>
          {FIELDS.map((name) => (
            <div className={controls.field} key={name}>
              <label htmlFor={`statement-${name}`}>{t(`payouts.statements.${name}`)}</label>
              {name === "number" && (
                <p id="statement-number-hint" className={controls.hint}>
                  {t("payouts.statements.numberHint")}
                </p>
              )}
              <input
                id={`statement-${name}`}
                type={name === "closedOn" ? "date" : "text"}
                className={controls.input}
                aria-describedby={name === "number" ? "statement-number-hint" : undefined}
                value={fields[name]}
                maxLength={30}
                onChange={({ target }) => setFields((now) => ({ ...now, [name]: target.value }))}
              />
            </div>
          ))}
          <button
            type="button"
            className={controls.button}
            data-kind="primary"
            disabled={busy}
            onClick={() => void send()}
          >
            {read.lines.length === 0
              ? t("payouts.statements.sendNone")
              : t("payouts.statements.send", { count: read.lines.length })}
          </button>
        </>
      )}
      <noscript>
        <p>{t("payouts.statements.scriptNeeded")}</p>
      </noscript>
    </section>
  );
}

async function readFile(
  file: File,
  format: BankFormat["statement"],
  tell: (line: number) => void,
): Promise<ReadStatement | null> {
  if (file.size > MAX_STATEMENT_BYTES) return null;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const start = new TextDecoder()
    .decode(bytes.slice(0, 200))
    .replace(/^\ufeff/, "")
    .trimStart();
  if (!start.startsWith("<")) return readStatementCsv(bytes, format, tell);
  // camt.053 is UTF-8; what says otherwise is not read on a guess.
  try {
    return readCamt053(new TextDecoder("utf-8", { fatal: true }).decode(bytes), tell);
  } catch {
    return null;
  }
}

function abs(fen: bigint): bigint {
  return fen < 0n ? -fen : fen;
}
