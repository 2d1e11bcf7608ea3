import { useTranslation } from "react-i18next";
import { EXCLUDE, INFORMANT_KINDS } from "~/forms/assessment";
import { textOf } from "~/forms/parse-form";
import { formatDay } from "~/i18n/format-date";
import { fieldId, type FormState } from "../Field";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

export type InformantView = {
  readonly tipId: string;
  readonly order: number;
  readonly mode: string;
  readonly arrivedOn: string;
};

/** Who asked for a reward: place in the order, mode and day, and how each is treated in this computation. */
export function InformantTable({
  form,
  informants,
  exclusions,
  state,
}: {
  form: string;
  informants: readonly InformantView[];
  exclusions: readonly { readonly id: string; readonly title: string }[];
  state: FormState | null;
}) {
  const { t } = useTranslation("staff");
  return (
    <div className={`${controls.tableWrap} ${controls.spaced}`}>
      <table className={`${controls.table} ${styles.table} ${styles.stacked}`}>
        <caption className="visually-hidden">{t("finance.assess.informants")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("finance.assess.order")}</th>
            <th scope="col">{t("finance.assess.mode")}</th>
            <th scope="col">{t("finance.assess.arrivedOn")}</th>
            <th scope="col">{t("finance.assess.treat")}</th>
            <th scope="col">{t("finance.assess.kind")}</th>
            <th scope="col">{t("finance.assess.weight")}</th>
          </tr>
        </thead>
        <tbody>
          {informants.map((one) => (
            <InformantRow key={one.tipId} form={form} one={one} exclusions={exclusions} state={state} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function InformantRow({
  form,
  one,
  exclusions,
  state,
}: {
  form: string;
  one: InformantView;
  exclusions: readonly { readonly id: string; readonly title: string }[];
  state: FormState | null;
}) {
  const { t } = useTranslation("staff");
  const who = t("finance.assess.orderValue", { order: one.order });
  const named = one.mode === "named";
  // An anonymous report cannot be rewarded as a named one.
  const kinds = INFORMANT_KINDS.filter((kind) => kind !== "named" || named);
  const kept = (name: string, initial: string) =>
    state === null ? initial : textOf(state.values, `${name}.${one.tipId}`);
  const wire = (name: "treat" | "kind" | "weight") => {
    const error = state?.errors[`${name}.${one.tipId}`];
    return {
      id: fieldId(form, `${name}.${one.tipId}`),
      name: `${name}.${one.tipId}`,
      "aria-label": `${who} ${t(`finance.assess.${name}`)}`,
      ...(error === undefined ? {} : { "aria-invalid": true as const }),
    };
  };
  return (
    <tr>
      <th scope="row">{who}</th>
      <td data-label={t("finance.assess.mode")}>
        {t(named ? "finance.assess.modes.named" : "finance.assess.modes.anonymous")}
      </td>
      <td data-label={t("finance.assess.arrivedOn")}>{formatDay(one.arrivedOn)}</td>
      <td data-label={t("finance.assess.treat")}>
        <select
          {...wire("treat")}
          className={`${controls.input} ${styles.inTable}`}
          defaultValue={kept("treat", one.order === 1 ? "award" : "skip")}
        >
          <option value="award">{t("finance.assess.treats.award")}</option>
          {one.order > 1 && <option value="skip">{t("finance.assess.treats.skip")}</option>}
          {exclusions.map(({ id, title }) => (
            <option key={id} value={`${EXCLUDE}${id}`}>
              {t("finance.assess.treats.exclude", { reason: title })}
            </option>
          ))}
        </select>
      </td>
      <td data-label={t("finance.assess.kind")}>
        <select
          {...wire("kind")}
          className={`${controls.input} ${styles.inTable}`}
          defaultValue={kept("kind", named ? "named" : "anonymous")}
        >
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {t(`finance.assess.kinds.${kind}`)}
            </option>
          ))}
        </select>
      </td>
      <td data-label={t("finance.assess.weight")}>
        <input
          {...wire("weight")}
          type="text"
          inputMode="decimal"
          autoComplete="off"
          maxLength={12}
          className={`${controls.input} ${styles.narrow}`}
          defaultValue={kept("weight", "")}
        />
      </td>
    </tr>
  );
}
