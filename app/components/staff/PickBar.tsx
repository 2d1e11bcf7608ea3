import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import { PICK_FORM } from "./BoardCard";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";
import styles from "./board-tools.module.css";

/** Acts on many cards: freezes the ticked ones, or all of the view, and leads to what is done with them. */
export function PickBar({
  search,
  set,
}: {
  search: string;
  set: { readonly id: string; readonly count: number } | null;
}) {
  const { t } = useTranslation("staff");
  return (
    <Form id={PICK_FORM} method="post" action={`${paths.staff.board()}${search}`} className={styles.pickBar}>
      <span className={controls.muted}>{t("bulk.hint")}</span>
      <SubmitButton kind="plain" name="intent" value="freeze">
        {t("bulk.actOnPicked")}
      </SubmitButton>
      <SubmitButton kind="quiet" name="intent" value="freezeAll">
        {t("bulk.actOnAll")}
      </SubmitButton>
      {set !== null && (
        <>
          <label className={styles.more}>
            <input type="checkbox" name="then" value="more" defaultChecked /> {t("bulk.keepPicking")}
          </label>
          <Link to={paths.staff.bulk(set.id)}>{t("bulk.openSet", { count: set.count })}</Link>
        </>
      )}
      {set === null && (
        <label className={styles.more}>
          <input type="checkbox" name="then" value="more" /> {t("bulk.keepPicking")}
        </label>
      )}
    </Form>
  );
}
