import { useTranslation } from "react-i18next";
import { textOf } from "~/forms/parse-form";
import type { FormState } from "../Field";
import styles from "./disputes.module.css";

/** Where somebody else saved first: each field that differs, as it is now and as this person typed it. */
export function Differs({
  state,
  now,
}: {
  state: FormState;
  now: readonly {
    readonly name: string;
    readonly label: string;
    readonly value: string;
    readonly shown?: string;
  }[];
}) {
  const { t } = useTranslation("staff");
  const differing = now.filter(({ name, value }) => textOf(state.values, name).trim() !== value.trim());
  if (differing.length === 0) return null;
  return (
    <div className={styles.differs}>
      <h4>{t("disputes.differs")}</h4>
      <dl>
        {differing.map(({ name, label, value, shown }) => (
          <div key={name}>
            <dt>{label}</dt>
            <dd>
              {t("disputes.now")}：{(shown ?? value) || t("none")}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
