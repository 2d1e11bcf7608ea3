import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import type { WindowFailure } from "~server/windows/act-on-window.server";
import type { ListedWindow } from "~server/windows/list-windows.server";
import { ErrorSummary } from "../ErrorSummary";
import controls from "../controls.module.css";
import styles from "./window.module.css";

type Listed = Pick<
  ListedWindow,
  "id" | "code" | "nameZh" | "addressZh" | "hoursZh" | "source" | "status" | "proposedBy" | "proposer"
>;

/** All windows, with what a second person decides of those proposed. */
export function WindowList({
  windows,
  chosenId,
  may,
  ownId,
  failed,
}: {
  windows: readonly Listed[];
  chosenId: string | null;
  may: { setUp: boolean };
  ownId: string;
  failed: WindowFailure | null;
}) {
  const { t } = useTranslation("staff");
  const mine = failed !== null && ["open", "refuse", "close"].includes(failed.intent) ? failed : null;
  return (
    <section className={controls.card} aria-labelledby="windows-title">
      <h2 id="windows-title">{t("window.list")}</h2>
      <ErrorSummary form="windows" refusal={mine?.refusal} />
      {windows.length === 0 ? (
        <p className={controls.empty}>{t("window.none")}</p>
      ) : (
        <div className={controls.tableWrap}>
          <table className={`${controls.table} ${styles.list}`}>
            <thead>
              <tr>
                <th scope="col">{t("window.name")}</th>
                <th scope="col">{t("window.address")}</th>
                <th scope="col">{t("window.fund")}</th>
                <th scope="col">{t("window.status")}</th>
              </tr>
            </thead>
            <tbody>
              {windows.map((window) => (
                <tr key={window.id}>
                  <th scope="row">
                    {window.id === chosenId || window.status === "proposed" || window.status === "refused" ? (
                      window.nameZh
                    ) : (
                      <Link to={paths.staff.window({ window: window.id })}>{window.nameZh}</Link>
                    )}{" "}
                    <span className={controls.muted}>{window.code}</span>
                  </th>
                  <td>
                    {window.addressZh}
                    <p className={controls.muted}>{window.hoursZh}</p>
                  </td>
                  <td>{window.source}</td>
                  <td>
                    {t(`window.statuses.${window.status as "open"}`)}
                    {window.status === "proposed" && (
                      <p className={controls.muted}>{t("window.proposedBy", { name: window.proposer })}</p>
                    )}
                    {may.setUp && <Acts window={window} ownId={ownId} />}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Acts({ window, ownId }: { window: Listed; ownId: string }) {
  const { t } = useTranslation("staff");
  const acts =
    window.status === "proposed" && window.proposedBy !== ownId
      ? (["open", "refuse"] as const)
      : window.status === "open"
        ? (["close"] as const)
        : [];
  if (acts.length === 0) return null;
  return (
    <Form method="post" preventScrollReset className={controls.buttons}>
      <input type="hidden" name="windowId" value={window.id} />
      {acts.map((act) => (
        <button
          key={act}
          type="submit"
          name="intent"
          value={act}
          className={controls.button}
          data-kind="plain"
        >
          {t(`window.${act}`)}
        </button>
      ))}
    </Form>
  );
}
