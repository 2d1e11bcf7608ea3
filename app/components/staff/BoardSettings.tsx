import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { limitedStages } from "~/forms/board-acts";
import { paths } from "~/paths";
import type { BoardFailure } from "~server/triage/act-on-board.server";
import type { SavedView } from "~server/triage/list-views.server";
import type { BoardOptions } from "~server/triage/set-board-options.server";
import { ErrorSummary } from "./ErrorSummary";
import { CheckField, SelectField, TextField } from "./Field";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";
import styles from "./board-tools.module.css";

/** How one works the board, how one's body does, and how many each colleague has. */
export function BoardSettings({
  shortcutsOff,
  views,
  options,
  people,
  mayAct,
  search,
  failed,
}: {
  shortcutsOff: boolean;
  views: readonly SavedView[];
  options: BoardOptions;
  people: readonly { readonly id: string; readonly name: string; readonly open: number }[];
  mayAct: boolean;
  search: string;
  failed: BoardFailure | null;
}) {
  const { t } = useTranslation("staff");
  const action = `${paths.staff.board()}${search}`;
  const limit = options.personLimit;
  return (
    <details className={styles.tool} open={failed !== null || undefined}>
      <summary>{t("boardSettings.title")}</summary>
      <div className={styles.toolBody}>
        <Form method="post" action={action} key={`habits-${String(shortcutsOff)}`}>
          <input type="hidden" name="intent" value="habits" />
          <CheckField
            form="habits"
            name="shortcuts"
            label={t("boardSettings.shortcuts")}
            checked={!shortcutsOff}
          />
          <SelectField
            form="habits"
            name="defaultViewId"
            label={t("boardSettings.defaultView")}
            options={views.map(({ id, name }) => ({ value: id, label: name }))}
            empty={t("views.whole")}
            value={views.find(({ isDefault }) => isDefault)?.id ?? ""}
          />
          <SubmitButton kind="plain">{t("boardSettings.save")}</SubmitButton>
        </Form>
        {mayAct && (
          <Form method="post" action={action} key={JSON.stringify(options)}>
            <ErrorSummary form="options" state={failed?.state} refusal={failed?.refusal} />
            <input type="hidden" name="intent" value="options" />
            <p className={controls.muted}>{t("boardSettings.limitsHint")}</p>
            <div className={styles.moreFields}>
              {limitedStages.map((stage) => (
                <TextField
                  key={stage}
                  form="options"
                  name={stage}
                  label={t("boardSettings.stageLimit", { stage: t(`stages.${stage}`) })}
                  inputMode="numeric"
                  maxLength={4}
                  value={String(options.stageLimits[stage] ?? "")}
                  state={failed?.state ?? null}
                />
              ))}
              <TextField
                form="options"
                name="personLimit"
                label={t("boardSettings.personLimit")}
                inputMode="numeric"
                maxLength={3}
                value={String(limit ?? "")}
                state={failed?.state ?? null}
              />
            </div>
            <CheckField
              form="options"
              name="inTurn"
              label={t("boardSettings.inTurn")}
              checked={options.inTurn}
            />
            <SubmitButton kind="plain">{t("boardSettings.saveOptions")}</SubmitButton>
          </Form>
        )}
        {people.length > 0 && (
          <ul className={styles.loads}>
            {people.map(({ id, name, open }) => (
              <li key={id} data-over={(limit !== null && open > limit) || undefined}>
                {t(limit !== null && open > limit ? "boardSettings.loadOver" : "boardSettings.load", {
                  name,
                  open,
                  limit,
                })}
              </li>
            ))}
          </ul>
        )}
      </div>
    </details>
  );
}
