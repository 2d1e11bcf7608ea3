import { useTranslation } from "react-i18next";
import controls from "~/components/staff/controls.module.css";
import type { BankFormat } from "~/forms/bank-format";
import { listFormat } from "./list-format";
import styles from "./formats.module.css";

/** What of a written format differs from the one in force. */
export function FormatChanges({ now, next }: { now: BankFormat; next: BankFormat }) {
  const { t } = useTranslation("staff");
  const before = listFormat(now, t);
  const changed = listFormat(next, t).flatMap(([item, value], at) => {
    const old = before[at]?.[1] ?? "";
    return old === value ? [] : [{ item, old, value }];
  });
  const say = (value: string) => (value === "" ? t("bankFormat.page.nothing") : value);
  return (
    <section className={styles.part} aria-labelledby="changes-title">
      <h2 id="changes-title">{t("bankFormat.page.compare")}</h2>
      {changed.length === 0 ? (
        <p className={controls.empty}>{t("bankFormat.page.same")}</p>
      ) : (
        <div className={controls.tableWrap}>
          <table className={controls.table}>
            <thead>
              <tr>
                <th scope="col">{t("bankFormat.page.item")}</th>
                <th scope="col">{t("bankFormat.page.now")}</th>
                <th scope="col">{t("bankFormat.page.next")}</th>
              </tr>
            </thead>
            <tbody>
              {changed.map(({ item, old, value }) => (
                <tr key={item}>
                  <th scope="row">{item}</th>
                  <td>{say(old)}</td>
                  <td>{say(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
