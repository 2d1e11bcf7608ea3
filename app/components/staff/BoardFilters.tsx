import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { AGES, BOARD_SORTS, ENTITY_CLASSES, type BoardQuery } from "~/forms/board-view";
import { paths } from "~/paths";
import type { Option } from "~server/packs/list-options";
import { CheckField, SelectField, TextField } from "./Field";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";
import styles from "./board-tools.module.css";

/** The filters as a GET form: the URL is the view. Those used every day stand open, the rest one press away. */
export function BoardFilters({
  filters,
  packs,
  sectors,
  bodies,
  places,
  people,
  me,
  filtered,
}: {
  filters: BoardQuery;
  packs: readonly Option[];
  sectors: readonly Option[];
  bodies: readonly Option[];
  places: readonly Option[];
  people: readonly { readonly id: string; readonly name: string }[];
  me: string;
  filtered: boolean;
}) {
  const { t } = useTranslation("staff");
  const rest = [filters.agency, filters.place, filters.class, filters.age].some((value) => value !== "");
  const known = ["", "me", "none", ...people.map(({ id }) => id)].includes(filters.assignee);
  const assignees = [
    { value: "me", label: t("board.mine") },
    { value: "none", label: t("board.nobody") },
    ...people.filter(({ id }) => id !== me).map(({ id, name }) => ({ value: id, label: name })),
    ...(known ? [] : [{ value: filters.assignee, label: t("board.someone") }]),
  ];
  return (
    <Form
      method="get"
      className={controls.filters}
      aria-label={t("board.filters")}
      key={JSON.stringify(filters)}
    >
      {filters.stage !== undefined && <input type="hidden" name="stage" value={filters.stage} />}
      {!filtered && <input type="hidden" name="view" value="all" />}
      {packs.length > 1 && (
        <SelectField
          form="filter"
          name="pack"
          label={t("packChoice.label")}
          options={packs}
          empty={t("packChoice.all")}
          value={filters.pack}
        />
      )}
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
        name="assignee"
        label={t("board.assignee")}
        options={assignees}
        empty={t("board.anyone")}
        value={filters.assignee}
      />
      <SelectField
        form="filter"
        name="due"
        label={t("board.due")}
        options={[
          { value: "over", label: t("board.dueOver") },
          { value: "near", label: t("board.dueNear") },
        ]}
        empty={t("board.anyDue")}
        value={filters.due}
      />
      <SelectField
        form="filter"
        name="sort"
        label={t("board.sort")}
        options={BOARD_SORTS.map((sort) => ({ value: sort, label: t(`board.sorts.${sort}`) }))}
        value={filters.sort}
      />
      <TextField form="filter" name="name" label={t("board.name")} value={filters.name} maxLength={100} />
      <CheckField form="filter" name="major" label={t("board.majorOnly")} checked={filters.major === "yes"} />
      <CheckField form="filter" name="news" label={t("board.newsOnly")} checked={filters.news === "yes"} />
      <details className={styles.moreFilters} open={rest || undefined}>
        <summary>{t("board.moreFilters")}</summary>
        <div className={styles.moreFields}>
          <SelectField
            form="filter"
            name="agency"
            label={t("board.agency")}
            options={bodies}
            empty={t("board.anyAgency")}
            value={filters.agency}
          />
          <SelectField
            form="filter"
            name="place"
            label={t("board.place")}
            options={places}
            empty={t("board.anyPlace")}
            value={filters.place}
          />
          <SelectField
            form="filter"
            name="class"
            label={t("board.class")}
            options={ENTITY_CLASSES.map((value) => ({ value, label: t(`board.classes.${value}`) }))}
            empty={t("board.anyClass")}
            value={filters.class}
          />
          <SelectField
            form="filter"
            name="age"
            label={t("board.age")}
            options={AGES.map((value) => ({ value, label: t("board.olderThan", { days: value }) }))}
            empty={t("board.anyAge")}
            value={filters.age}
          />
        </div>
      </details>
      <div className={controls.filterEnd}>
        <SubmitButton kind="plain">{t("board.apply")}</SubmitButton>
        {filtered && <Link to={paths.staff.wholeBoard()}>{t("board.clear")}</Link>}
      </div>
    </Form>
  );
}
