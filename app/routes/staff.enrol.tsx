import { useTranslation } from "react-i18next";
import { EnrolPasskey } from "~/components/staff/EnrolPasskey";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";

export const meta = () => pageTitle(staffZh.access.enrolTitle);

/** The link's token stands behind `#` and never reaches this loader; the page posts it to the JSON endpoint. */
export function loader() {
  return null;
}

export default function Enrol() {
  const { t } = useTranslation("staff");
  return (
    <div className={controls.plainPage}>
      <h1>{t("access.enrolTitle")}</h1>
      <p>{t("access.enrolLead")}</p>
      <EnrolPasskey />
      <p className={controls.muted}>{t("access.enrolOnce")}</p>
      <p>
        <a href={paths.staff.signIn()}>{t("access.enrolToSignIn")}</a>
      </p>
    </div>
  );
}
