import { redirect, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { pageTitle } from "~/components/staff/page-title";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { listNav } from "~server/staff-auth/list-nav";

export const meta = () => pageTitle(staffZh.noPages.title);

/** The first page this person's roles open. */
export function loader({ context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const [first] = listNav(actor);
  if (first !== undefined) throw redirect(paths.staff[first]());
  return { roles: actor.roles };
}

export default function StaffHome() {
  const { roles } = useLoaderData<typeof loader>();
  const { t } = useTranslation("staff");
  const role = roles.map((one) => t(`roles.${one}`)).join(t("separator"));
  return (
    <>
      <h1>{t("noPages.title")}</h1>
      <p>{roles.length === 0 ? t("noPages.noRoles") : t("noPages.body", { role })}</p>
    </>
  );
}
