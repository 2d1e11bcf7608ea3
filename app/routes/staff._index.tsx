import { redirect, type LoaderFunctionArgs } from "@remix-run/node";
import { useTranslation } from "react-i18next";
import { pageTitle } from "~/components/staff/page-title";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { listNav } from "~server/staff-auth/list-nav";

export const meta = () => pageTitle(staffZh.noPages.title);

/** The first page this person's roles open. */
export function loader({ context }: LoaderFunctionArgs) {
  const [first] = listNav(actorOf(context));
  if (first !== undefined) throw redirect(paths.staff[first]());
  return null;
}

export default function StaffHome() {
  const { t } = useTranslation("staff");
  return (
    <>
      <h1>{t("noPages.title")}</h1>
      <p>{t("noPages.body")}</p>
    </>
  );
}
