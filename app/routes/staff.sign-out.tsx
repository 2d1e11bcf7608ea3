import { redirect, type ActionFunctionArgs } from "@remix-run/node";
import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { forgetKeyring } from "~/staff-client/keys/keyring";
import { endPresentSession } from "~server/staff-auth/end-present-session.server";
import { clearStaffCookie } from "~server/staff-auth/session-cookie.server";

export const meta = () => pageTitle(staffZh.access.signedOutTitle);

/** Looking signs nobody out: a link or a prefetch must not end a session. */
export function loader() {
  return null;
}

/** Ends the session on the server and in the browser; a browser whose session has run out just drops its cookie. */
export async function action({ request, context }: ActionFunctionArgs) {
  await endPresentSession(request, context);
  const cookie = clearStaffCookie(context.portal.env.publicOrigin);
  throw redirect(paths.staff.signIn(), { headers: { "Set-Cookie": cookie } });
}

export default function SignOut() {
  const { t } = useTranslation("staff");
  return (
    <div className={controls.plainPage}>
      <h1>{t("access.signedOutTitle")}</h1>
      <p>{t("access.signedOutBody")}</p>
      <Form method="post" reloadDocument onSubmit={() => forgetKeyring(null)}>
        <SubmitButton>{t("access.signOutButton")}</SubmitButton>
      </Form>
    </div>
  );
}
