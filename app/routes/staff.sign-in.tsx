import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { DemoPeople } from "~/components/staff/DemoPeople";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { PasskeySignIn } from "~/components/staff/PasskeySignIn";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { formValues, textOf } from "~/forms/parse-form";
import { staffZh } from "~/i18n/zh-CN/staff";
import { readForm } from "~server/intake/read-form.server";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { endPresentSession } from "~server/staff-auth/end-present-session.server";
import { listDemoPeople } from "~server/staff-auth/list-demo-people.server";
import { nextPage } from "~server/staff-auth/next-page";
import { writeStaffCookie } from "~server/staff-auth/session-cookie.server";
import { signInAsDemo } from "~server/staff-auth/sign-in-as-demo.server";

export const meta = () => pageTitle(staffZh.access.signInTitle);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { db, env } = context.portal;
  const next = nextPage(new URL(request.url).searchParams.get("next"));
  if (context.actor) throw redirect(next);
  const { demoSignIn } = env;
  return { next, demoSignIn, people: await listDemoPeople(db, { demoSignIn }) };
}

/** Entering as a demo person; a passkey signs in through the JSON endpoint beside this page. */
export async function action({ request, context }: ActionFunctionArgs) {
  const { db, env, clock } = context.portal;
  const form = formValues(await readForm(request));
  const staffId = textOf(form, "staffId");
  const entered = await catchRefusal(signInAsDemo(db, { staffId, demoSignIn: env.demoSignIn, clock }));
  if (!entered.ok) {
    return data({ refusal: entered.refusal.publicMessage }, { status: entered.refusal.status });
  }
  await endPresentSession(request, context);
  const next = nextPage(textOf(form, "next") || null);
  throw redirect(next, {
    headers: { "Set-Cookie": writeStaffCookie(entered.value.token, env.publicOrigin) },
  });
}

export default function SignIn() {
  const { next, demoSignIn, people } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { t } = useTranslation("staff");
  return (
    <div className={controls.plainPage}>
      <h1>{t("access.signInTitle")}</h1>
      <ErrorSummary form="demo" refusal={refused?.refusal} />
      <PasskeySignIn next={next} />
      <h2>{t("access.helpTitle")}</h2>
      <p>{t("access.helpBody")}</p>
      {demoSignIn && <DemoPeople people={people} next={next} />}
    </div>
  );
}
