import { Link, useRevalidator } from "@remix-run/react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatInstant } from "~/i18n/format-date";
import { paths } from "~/paths";
import {
  handOverLeads,
  type HandoverProgress,
  type HandoverResult,
} from "~/staff-client/keys/hand-over-leads";
import { useKeyring } from "~/staff-client/keys/keyring";
import type { WaitingLead } from "~server/secrecy/list-waiting-leads.server";
import { ProgressBar } from "./ProgressBar";
import controls from "./controls.module.css";
import finance from "./finance/finance.module.css";
import styles from "./handover.module.css";

type Run = { readonly at: number; readonly of: number; readonly progress: HandoverProgress | null };

/** Leads whose bodies wait for keys: handed over one by one, a page or all of them, each with its outcome. */
export function HandoverList({ leads, total }: { leads: readonly WaitingLead[]; total: number }) {
  const { t } = useTranslation("staff");
  const keys = useKeyring();
  const keyring = keys.state === "open" ? keys.keyring : null;
  const { revalidate } = useRevalidator();
  const [run, setRun] = useState<Run | null>(null);
  const [results, setResults] = useState<ReadonlyMap<string, HandoverResult>>(new Map());
  const [whole, setWhole] = useState<HandoverResult | null>(null);
  // Rows stay with their outcome until the page is left, though the server no longer lists them.
  const [rows, setRows] = useState(leads);
  const [shownFor, setShownFor] = useState(leads);
  if (shownFor !== leads && run === null) {
    setShownFor(leads);
    setRows([...rows.filter(({ id }) => results.has(id) && !leads.some((one) => one.id === id)), ...leads]);
  }

  const handOne = async (lead: WaitingLead, at: number, of: number): Promise<boolean> => {
    if (keyring === null) return false;
    setRun({ at, of, progress: null });
    const result = await handOverLeads([lead.id], keyring, (progress) => setRun({ at, of, progress }));
    setResults((now) => new Map(now).set(lead.id, result));
    return result.state === "done";
  };
  const hand = async (chosen: readonly WaitingLead[]) => {
    if (run !== null) return;
    setWhole(null);
    for (const [at, lead] of chosen.entries()) {
      if (!(await handOne(lead, at + 1, chosen.length))) break;
    }
    setRun(null);
    revalidate();
  };
  const handAll = async () => {
    if (run !== null || keyring === null) return;
    setWhole(null);
    setRun({ at: 1, of: 1, progress: null });
    setWhole(await handOverLeads(null, keyring, (progress) => setRun({ at: 1, of: 1, progress })));
    setRun(null);
    revalidate();
  };

  const open = rows.filter(({ id }) => results.get(id)?.state !== "done");
  const busy = run !== null || keyring === null;
  if (rows.length === 0 && whole === null) return <p className={controls.empty}>{t("handover.none")}</p>;
  return (
    <>
      <p className={controls.buttons}>
        {open.length > 0 && (
          <button type="button" className={controls.button} disabled={busy} onClick={() => void hand(open)}>
            {t("handover.here", { count: open.length })}
          </button>
        )}
        {total > rows.length && (
          <button
            type="button"
            className={controls.button}
            data-kind="plain"
            disabled={busy}
            onClick={() => void handAll()}
          >
            {t("handover.all", { count: total })}
          </button>
        )}
      </p>
      {run !== null && (
        <ProgressBar
          done={run.progress?.handed ?? 0}
          of={run.progress?.of ?? 1}
          label={`${run.of > 1 ? `${t("handover.leadsProgress", run)}${t("narratives.comma")}` : ""}${t(
            "handover.progress",
            { handed: run.progress?.handed ?? 0, of: run.progress?.of ?? 0 },
          )}`}
        />
      )}
      {whole !== null && (
        <p
          className={whole.state === "done" && whole.left === 0 ? controls.notice : styles.quiet}
          role="status"
        >
          <Outcome result={whole} />
        </p>
      )}
      {rows.length > 0 && (
        <div className={controls.tableWrap} role="region" aria-label={t("handover.title")} tabIndex={0}>
          <table className={`${controls.table} ${controls.wide} ${finance.stacked}`}>
            <thead>
              <tr>
                {(["number", "name", "since", "bodies", "tips", "result"] as const).map((column) => (
                  <th key={column} scope="col">
                    {t(`handover.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((lead) => (
                <tr key={lead.id} data-lead={lead.number}>
                  <td data-label={t("handover.number")}>{lead.number}</td>
                  <td data-label={t("handover.name")}>
                    <Link to={paths.staff.lead(lead.id)}>{lead.name}</Link>
                  </td>
                  <td data-label={t("handover.since")}>
                    {lead.dispatchedAt === null ? t("none") : formatInstant(lead.dispatchedAt)}
                  </td>
                  <td data-label={t("handover.bodies")}>{lead.bodies.join(t("separator"))}</td>
                  <td className={controls.nowrap} data-label={t("handover.tips")}>
                    {t("handover.tipsCount", { count: lead.tips })}
                  </td>
                  <td className={styles.act} data-label={t("handover.result")}>
                    <Outcome result={results.get(lead.id) ?? null} />
                    {results.get(lead.id)?.state !== "done" && (
                      <button
                        type="button"
                        className={controls.button}
                        data-kind="plain"
                        aria-label={`${t("handover.one")} ${lead.name}`}
                        disabled={busy}
                        onClick={() => void hand([lead])}
                      >
                        {t("handover.one")}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function Outcome({ result }: { result: HandoverResult | null }) {
  const { t } = useTranslation("staff");
  if (result === null) return null;
  if (result.state === "stopped") return <span>{result.said || t("handover.stopped")} </span>;
  if (result.left > 0) return <span>{t("handover.doneSome", result)}</span>;
  return (
    <span className={controls.tag} data-tone="done">
      {t("handover.done")} {t("handover.tipsCount", { count: result.handed })}
    </span>
  );
}
