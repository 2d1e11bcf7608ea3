import { useTranslation } from "react-i18next";
import finance from "~/components/staff/finance/finance.module.css";
import controls from "~/components/staff/controls.module.css";
import type { SchemeChange } from "~server/rewards/diff-schemes";

/** What differs from the version before, rule by rule, each with its clause. At most a scheme's rules, so not paged. */
export function SchemeChanges({ changes }: { changes: readonly SchemeChange[] }) {
  const { t } = useTranslation("staff");
  const say = (side: SchemeChange["before"]) =>
    side === null ? t("schemes.page.nothing") : t("schemes.page.clause", side);
  return (
    <section aria-labelledby="diff-title">
      <h2 id="diff-title">{t("schemes.page.diffTitle")}</h2>
      {changes.length === 0 ? (
        <p className={controls.empty}>{t("schemes.page.diffNone")}</p>
      ) : (
        <div className={`${controls.tableWrap} ${controls.spaced}`}>
          <table className={`${controls.table} ${finance.stacked}`}>
            <thead>
              <tr>
                <th scope="col">{t("schemes.page.rule")}</th>
                <th scope="col">{t("schemes.page.before")}</th>
                <th scope="col">{t("schemes.page.after")}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map(({ part, before, after }, at) => (
                <tr key={at}>
                  <th scope="row">{t(`schemes.page.parts.${part}`)}</th>
                  <td className={finance.says} data-label={t("schemes.page.before")}>
                    {say(before)}
                  </td>
                  <td className={finance.says} data-label={t("schemes.page.after")}>
                    {say(after)}
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
