import { Form, useRevalidator } from "@remix-run/react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import { useKeyring } from "~/staff-client/keys/keyring";
import { sendWaitingNotices, type NoticeRow, type NoticesEnd } from "~/staff-client/keys/send-notices";
import { useFaultText } from "./MailFault";
import { ProgressBar } from "./ProgressBar";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";
import finance from "./finance/finance.module.css";

/** Rows of one run shown at most: what did not leave first. */
const SHOWN = 200;

type Run = {
  readonly of: number;
  readonly done: number;
  readonly sent: number;
  readonly rows: readonly NoticeRow[];
  readonly end: NoticesEnd | null;
};

/** One click sends all that wait; each row tells its outcome. What did not leave is sent again by another click. */
export function SendNotices({ waiting }: { waiting: number }) {
  const { t } = useTranslation("staff");
  const keys = useKeyring();
  const keyring = keys.state === "open" ? keys.keyring : null;
  const { revalidate } = useRevalidator();
  const [run, setRun] = useState<Run | null>(null);
  const busy = run !== null && run.end === null;
  const send = async () => {
    if (keyring === null || busy) return;
    setRun({ of: waiting, done: 0, sent: 0, rows: [], end: null });
    const end = await sendWaitingNotices(keyring, (rows) =>
      setRun((now) => now && { ...now, ...grown(now, rows) }),
    );
    setRun((now) => now && { ...now, end });
    revalidate();
  };
  return (
    <>
      {waiting > 0 && (
        <p className={controls.buttons}>
          <button
            type="button"
            className={controls.button}
            disabled={busy || keyring === null}
            aria-describedby={keyring === null ? "notices-need-keys" : undefined}
            onClick={() => void send()}
          >
            {t("notices.send", { count: waiting })}
          </button>
          {keyring === null && (
            <span id="notices-need-keys" className={controls.hint}>
              {t("notices.needKeys")}
            </span>
          )}
        </p>
      )}
      {busy && (
        <ProgressBar
          done={run.done}
          of={Math.max(run.of, run.done)}
          label={t("notices.progress", { done: run.done, of: Math.max(run.of, run.done) })}
        />
      )}
      {run !== null && run.end !== null && <End run={run} end={run.end} />}
      {run !== null && run.rows.length > 0 && <Rows run={run} />}
    </>
  );
}

function grown(now: Run, rows: readonly NoticeRow[]): Pick<Run, "done" | "sent" | "rows"> {
  const left = (all: readonly NoticeRow[]) => all.filter(({ state }) => state !== "sent");
  const sent = (all: readonly NoticeRow[]) => all.filter(({ state }) => state === "sent");
  return {
    done: now.done + rows.length,
    sent: now.sent + sent(rows).length,
    rows: [...left(now.rows), ...left(rows), ...sent(now.rows), ...sent(rows)].slice(0, SHOWN),
  };
}

function End({ run, end }: { run: Run; end: NoticesEnd }) {
  const { t } = useTranslation("staff");
  const faultText = useFaultText();
  const { sent } = run;
  const left = run.done - sent;
  const said =
    end.state === "mail_down"
      ? t("notices.end.mail_down", { fault: faultText(end.fault), sent })
      : end.state === "stopped"
        ? (end.said ?? t("notices.end.stopped", { sent }))
        : t(left === 0 ? "notices.end.done" : "notices.end.doneSome", { sent, left });
  return (
    <p
      className={end.state === "done" && left === 0 ? controls.notice : controls.summary}
      role="status"
      data-end={end.state}
    >
      {said}
    </p>
  );
}

function Rows({ run }: { run: Run }) {
  const { t } = useTranslation("staff");
  const faultText = useFaultText();
  // Nobody can send these, now or later: without a decision they would wait for ever.
  const hopeless = run.rows.filter(({ state }) => state === "no_address" || state === "broken");
  return (
    <section aria-labelledby="notices-results">
      <h2 id="notices-results">{t("notices.results")}</h2>
      {run.end !== null && hopeless.length > 0 && (
        <Form method="post">
          <input type="hidden" name="act" value="drop" />
          {hopeless.map(({ id }) => (
            <input key={id} type="hidden" name="notices" value={id} />
          ))}
          <p className={controls.buttons}>
            <SubmitButton kind="danger">{t("notices.dropHopeless", { count: hopeless.length })}</SubmitButton>
          </p>
        </Form>
      )}
      {run.done > run.rows.length && (
        <p className={controls.muted}>{t("notices.resultsMore", { count: run.rows.length })}</p>
      )}
      <div className={controls.tableWrap} role="region" aria-labelledby="notices-results" tabIndex={0}>
        <table className={`${controls.table} ${finance.stacked}`}>
          <thead>
            <tr>
              <th scope="col">{t("notices.day")}</th>
              <th scope="col">{t("notices.result")}</th>
              <th scope="col">{t("notices.fault")}</th>
            </tr>
          </thead>
          <tbody>
            {run.rows.map((row) => (
              <tr key={row.id} data-state={row.state}>
                <td data-label={t("notices.day")}>{formatDay(row.raisedOn)}</td>
                <td data-label={t("notices.result")}>
                  <span className={controls.tag} data-tone={row.state === "sent" ? "done" : undefined}>
                    {t(`notices.states.${row.state}`)}
                  </span>
                </td>
                <td data-label={t("notices.fault")}>{faultText(row.fault)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
