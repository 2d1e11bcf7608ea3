import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import type { BoardFailure } from "~server/triage/act-on-board.server";
import type { SavedView } from "~server/triage/list-views.server";
import { ErrorSummary } from "./ErrorSummary";
import { CheckField, TextField } from "./Field";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";
import styles from "./board-tools.module.css";

/** Kept views as links, those that hold more than their owner wants marked; the one in the address can be kept too. */
export function BoardViews({
  views,
  query,
  search,
  failed,
}: {
  views: readonly SavedView[];
  query: string;
  search: string;
  failed: BoardFailure | null;
}) {
  const { t } = useTranslation("staff");
  const action = `${paths.staff.board()}${search}`;
  return (
    <div className={styles.views}>
      <nav aria-label={t("views.title")}>
        <ul className={styles.viewList}>
          <li>
            <Link to={paths.staff.wholeBoard()} aria-current={query === "" ? "page" : undefined}>
              {t("views.whole")}
            </Link>
          </li>
          <li>
            <Link
              to={`${paths.staff.board()}?assignee=me`}
              aria-current={query === "assignee=me" ? "page" : undefined}
            >
              {t("board.mine")}
            </Link>
          </li>
          {views.map((view) => (
            <li key={view.id} data-over={view.over || undefined}>
              <Link
                to={`${paths.staff.board()}?${view.query === "" ? "view=all" : view.query}`}
                aria-current={view.query !== "" && view.query === query ? "page" : undefined}
                title={view.mine ? undefined : t("views.by", { name: view.owner })}
              >
                {view.name}
              </Link>
              {view.over && (
                <span className={styles.alert}>{t("views.over", { threshold: view.threshold ?? 0 })}</span>
              )}
            </li>
          ))}
        </ul>
      </nav>
      <details className={styles.tool} open={failed !== null || undefined}>
        <summary>{t("views.manage")}</summary>
        <div className={styles.toolBody}>
          <Form method="post" action={action}>
            <ErrorSummary form="view" state={failed?.state} refusal={failed?.refusal} />
            <input type="hidden" name="intent" value="saveView" />
            <TextField
              form="view"
              name="name"
              label={t("views.name")}
              maxLength={30}
              state={failed?.state ?? null}
            />
            <TextField
              form="view"
              name="threshold"
              label={t("views.threshold")}
              hint={t("views.thresholdHint")}
              inputMode="numeric"
              maxLength={4}
              state={failed?.state ?? null}
            />
            <CheckField form="view" name="shared" label={t("views.shared")} state={failed?.state ?? null} />
            <CheckField
              form="view"
              name="makeDefault"
              label={t("views.makeDefault")}
              state={failed?.state ?? null}
            />
            <SubmitButton kind="plain">{t("views.save")}</SubmitButton>
          </Form>
          {views.some(({ mine }) => mine) && (
            <ul className={styles.ownViews}>
              {views
                .filter(({ mine }) => mine)
                .map((view) => (
                  <li key={view.id}>
                    <span>
                      {view.name}
                      <span className={controls.muted}>
                        {view.shared && t("views.isShared")}
                        {view.isDefault && t("views.isDefault")}
                      </span>
                    </span>
                    <Form method="post" action={action}>
                      <input type="hidden" name="intent" value="removeView" />
                      <input type="hidden" name="viewId" value={view.id} />
                      <SubmitButton kind="quiet" label={t("views.removeNamed", { name: view.name })}>
                        {t("views.remove")}
                      </SubmitButton>
                    </Form>
                  </li>
                ))}
            </ul>
          )}
        </div>
      </details>
    </div>
  );
}
