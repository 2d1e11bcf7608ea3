import { redirect, type ActionFunctionArgs } from "@remix-run/node";
import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { endSession } from "~server/staff-auth/end-session.server";
import { readSession } from "~server/staff-auth/read-session.server";
import { clearStaffCookie, readStaffCookie } from "~server/staff-auth/session-cookie.server";

export const meta = () => pageTitle(staffZh.access.signedOutTitle);

/** Looking signs nobody out: a link or a prefetch must not end a session. */
export function loader() {
  return null;
}

/** Ends the session on the server and in the browser; a browser whose session has run out just drops its cookie. */
export async function action({ request, context }: ActionFunctionArgs) {
  const { db, env, clock } = context.portal;
  const token = readStaffCookie(request, env.staffOrigin);
  const session = await readSession(db, { token, demoSignIn: env.demoSignIn, clock });
  if (session !== null) await endSession(db, { sessionId: session.sessionId, clock }, session.actor);
  throw redirect(paths.staff.signIn(), { headers: { "Set-Cookie": clearStaffCookie(env.staffOrigin) } });
}

export default function SignOut() {
  const { t } = useTranslation("staff");
  return (
    <div className={controls.plainPage}>
      <h1>{t("access.signedOutTitle")}</h1>
      <p>{t("access.signedOutBody")}</p>
      <Form method="post" reloadDocument>
        <SubmitButton>{t("access.signOutButton")}</SubmitButton>
      </Form>
    </div>
  );
}
