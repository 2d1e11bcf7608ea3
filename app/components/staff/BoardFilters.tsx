import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import type { Option } from "~server/packs/list-options";
import { CheckField, SelectField, TextField } from "./Field";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";

export type ShownFilters = { sector: string; agency: string; major: boolean; news: boolean; name: string };

/** The filters as a GET form: the URL is the saved view. */
export function BoardFilters({
  filters,
  sectors,
  agencies,
  filtered,
}: {
  filters: ShownFilters;
  sectors: readonly Option[];
  agencies: readonly Option[];
  filtered: boolean;
}) {
  const { t } = useTranslation("staff");
  return (
    <Form
      method="get"
      className={controls.filters}
      aria-label={t("board.filters")}
      key={JSON.stringify(filters)}
    >
      <SelectField
        form="filter"
        name="sector"
        label={t("board.sector")}
        options={[...sectors, { value: "unknown", label: t("unknownSector") }]}
        empty={t("board.anySector")}
        value={filters.sector}
      />
      <SelectField
        form="filter"
        name="agency"
        label={t("board.agency")}
        options={agencies}
        empty={t("board.anyAgency")}
        value={filters.agency}
      />
      <TextField form="filter" name="name" label={t("board.name")} value={filters.name} maxLength={100} />
      <CheckField form="filter" name="major" label={t("board.majorOnly")} checked={filters.major} />
      <CheckField form="filter" name="news" label={t("board.newsOnly")} checked={filters.news} />
      <div className={controls.filterEnd}>
        <SubmitButton kind="plain">{t("board.apply")}</SubmitButton>
        {filtered && <Link to={paths.staff.board()}>{t("board.clear")}</Link>}
      </div>
    </Form>
  );
}
