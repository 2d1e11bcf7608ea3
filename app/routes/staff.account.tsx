import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, useLocation, useRevalidator } from "@remix-run/react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { Notice } from "~/components/staff/Notice";
import { OwnKey } from "~/components/staff/account/OwnKey";
import { OwnPasskeys } from "~/components/staff/account/OwnPasskeys";
import { OwnSessions } from "~/components/staff/account/OwnSessions";
import type { AccountNews } from "~/components/staff/account/account-news";
import { pageTitle } from "~/components/staff/page-title";
import styles from "~/components/staff/account/account.module.css";
import controls from "~/components/staff/controls.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { readForm } from "~server/intake/read-form.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { manageAccount } from "~server/staff-auth/manage-account.server";
import { readAccount } from "~server/staff-auth/read-account.server";

const query = z.object({
  done: z.enum(["named", "revoked", "session-ended", "sessions-ended"]).nullable().catch(null),
});

export const meta = () => pageTitle(staffZh.account.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const { done } = query.parse({ done: new URL(request.url).searchParams.get("done") });
  return {
    done,
    account: await answerRefusals(readAccount(db, { clock }, actor)),
    staffId: actor.id,
    owner: actor.displayName,
    byPasskey: actor.method === "passkey",
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const outcome = await manageAccount(context.portal, await readForm(request), actor);
  if (outcome.kind === "done") throw redirect(`${paths.staff.account()}?done=${outcome.done}`);
  return data(outcome, { status: outcome.status });
}

export default function AccountPage() {
  const { account, staffId, owner, byPasskey, done } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const { revalidate } = useRevalidator();
  // What was last done by script is told until a form's answer brings other news.
  const { key: visit } = useLocation();
  const [news, setNews] = useState<{ what: AccountNews; visit: string } | null>(null);
  const tell = (what: AccountNews) => {
    setNews({ what, visit });
    revalidate();
    window.scrollTo(0, 0);
  };
  const told = news?.visit === visit ? news.what : failed === null ? done : null;
  const ofNoPasskey = failed !== null && !account.passkeys.some(({ id }) => id === failed.passkeyId);
  return (
    <div className={styles.page}>
      <h1 className="no-print">{t("account.title")}</h1>
      {told !== null && <Notice>{t(`account.done.${told}`)}</Notice>}
      {ofNoPasskey && <ErrorSummary form="account" refusal={failed.refusal} />}
      {byPasskey ? (
        <>
          <OwnKey account={account} owner={owner} onDone={tell} />
          <OwnPasskeys account={account} staffId={staffId} failed={failed} onDone={tell} />
        </>
      ) : (
        <p className={controls.empty}>{t("account.demo")}</p>
      )}
      <div className={controls.spacedTop}>
        <OwnSessions sessions={account.sessions} manages={byPasskey} />
      </div>
    </div>
  );
}
