import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { Option } from "~server/packs/list-options";
import { SelectField } from "./Field";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";
import styles from "./pack-choice.module.css";

/** Which plan a page is about, where this portal holds several; nothing where it holds one. */
export function PackChoice({ packs, value }: { packs: readonly Option[]; value: string }) {
  const { t } = useTranslation("staff");
  if (packs.length < 2) return null;
  return (
    <Form method="get" className={`${controls.filters} ${styles.choice}`} key={value}>
      <SelectField form="pack" name="pack" label={t("packChoice.label")} options={packs} value={value} />
      <div className={controls.filterEnd}>
        <SubmitButton kind="plain">{t("packChoice.show")}</SubmitButton>
      </div>
    </Form>
  );
}
