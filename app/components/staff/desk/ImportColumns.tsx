import { useTranslation } from "react-i18next";
import controls from "~/components/staff/controls.module.css";
import finance from "~/components/staff/finance/finance.module.css";
import type { ImportColumn } from "~server/exchange/import-columns";
import { csvLink } from "./ImportResult";

/** The columns a file may have, and a template with all of them. */
export function ImportColumns({
  columns,
  template,
}: {
  columns: readonly Pick<ImportColumn, "chinese" | "required" | "rule" | "example">[];
  template: string;
}) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.card} aria-labelledby="import-columns-title">
      <h2 id="import-columns-title">{t("import.columnsTitle")}</h2>
      <p>
        <a href={csvLink(template)} download="import-template.csv">
          {t("import.template")}
        </a>{" "}
        <span className={controls.hint}>{t("import.templateHint")}</span>
      </p>
      <table className={`${controls.table} ${finance.stacked}`}>
        <thead>
          <tr>
            <th scope="col">{t("import.column")}</th>
            <th scope="col">{t("import.rule")}</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(({ chinese: [name = "", ...others], required, rule }) => (
            <tr key={name}>
              <th scope="row" data-label={t("import.column")}>
                {name} {required && <span className={controls.tag}>{t("import.required")}</span>}
              </th>
              <td data-label={t("import.rule")}>
                {rule}
                {others.length > 0 && (
                  <span className={controls.muted}>
                    {" "}
                    {t("import.otherNames", { names: others.join(t("separator")) })}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
