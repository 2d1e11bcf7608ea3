import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { MailFault } from "~/components/staff/MailFault";
import { Notice } from "~/components/staff/Notice";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import finance from "~/components/staff/finance/finance.module.css";
import { formatInstant } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { readForm } from "~server/intake/read-form.server";
import { listStaffMails } from "~server/notifications/list-staff-mails.server";
import { retryStaffMail } from "~server/notifications/retry-staff-mail.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({ done: z.literal("again").nullable().catch(null) });

export const meta = () => pageTitle(staffZh.mail.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, mailer } = context.portal;
  const administers = hasRole(actor, "administrator");
  return {
    ...query.parse(Object.fromEntries(new URL(request.url).searchParams)),
    ...(await answerRefusals(listStaffMails(db, actor))),
    mailer: mailer.kind,
    administers,
    manages: administers && actor.method === "passkey",
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { db, clock } = context.portal;
  const mailId = (await readForm(request)).get("mailId");
  await answerRefusals(
    retryStaffMail(
      db,
      { mailId: typeof mailId === "string" ? mailId : "", at: clock.now() },
      actorOf(context),
    ),
  );
  throw redirect(`${paths.staff.mail()}?done=again`);
}

export default function StaffMail() {
  const { counts, mails, mailer, administers, manages, done } = useLoaderData<typeof loader>();
  const { t } = useTranslation("staff");
  const stuck = mails.some(({ status }) => status === "unsent" || status === "unknown");
  return (
    <>
      <h1>{t("mail.title")}</h1>
      <p className={controls.muted}>{t("mail.lead")}</p>
      {done !== null && <Notice>{t("mail.done")}</Notice>}
      {administers && !manages && <p className={controls.muted}>{t("mail.needPasskey")}</p>}
      {mailer === "none" && (
        <p className={controls.summary} role="status">
          {t("mail.notSet")}
        </p>
      )}
      <p>{t("mail.counts", counts)}</p>
      {stuck && (
        <p className={controls.muted}>
          {t("mail.unknownHint")}
          {t("mail.wrongAddress")}
        </p>
      )}
      {mails.length === 0 ? (
        <p className={controls.empty}>{t("mail.none")}</p>
      ) : (
        <div className={controls.tableWrap} role="region" aria-label={t("mail.title")} tabIndex={0}>
          <table className={`${controls.table} ${controls.wide} ${finance.stacked}`}>
            <thead>
              <tr>
                <th scope="col">{t("mail.person")}</th>
                <th scope="col">{t("mail.kind")}</th>
                <th scope="col">{t("mail.since")}</th>
                <th scope="col">{t("mail.state")}</th>
                {manages && <th scope="col">{t("mail.act")}</th>}
              </tr>
            </thead>
            <tbody>
              {mails.map((mail) => {
                const kind = t(`mail.kinds.${mail.kind}`);
                const failed = mail.status === "unsent" || mail.status === "unknown";
                return (
                  <tr key={mail.id} data-status={mail.status}>
                    <td data-label={t("mail.person")}>{mail.person}</td>
                    <td data-label={t("mail.kind")}>{kind}</td>
                    <td data-label={t("mail.since")}>{formatInstant(mail.createdAt)}</td>
                    <td data-label={t("mail.state")}>
                      <span className={controls.tag} data-tone={failed ? "major" : "stage"}>
                        {t(`mail.states.${mail.status}`)}
                      </span>{" "}
                      {mail.fault !== null && <MailFault fault={mail.fault} />}{" "}
                      {mail.attempts > 0 && (
                        <span className={controls.hint}>{t("mail.tries", { count: mail.attempts })}</span>
                      )}
                    </td>
                    {manages && (
                      <td data-label={t("mail.act")}>
                        {failed && (
                          <Form method="post">
                            <input type="hidden" name="mailId" value={mail.id} />
                            <SubmitButton
                              kind="plain"
                              label={t("mail.againOf", { person: mail.person, kind })}
                            >
                              {t("mail.again")}
                            </SubmitButton>
                          </Form>
                        )}
                      </td>
                    )}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
