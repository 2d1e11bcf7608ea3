import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { fieldId } from "~/components/staff/Field";
import { KeysNotice } from "~/components/staff/KeysNotice";
import { Notice } from "~/components/staff/Notice";
import { SendNotices } from "~/components/staff/SendNotices";
import { StuckNotices } from "~/components/staff/StuckNotices";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { settleNoticesSchema } from "~/forms/notices";
import { parseForm } from "~/forms/parse-form";
import { formatDay } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { readForm } from "~server/intake/read-form.server";
import { readNoticeDesk } from "~server/notifications/read-notice-desk.server";
import { settleStuckNotices } from "~server/notifications/settle-stuck-notices.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({ settled: z.coerce.number().int().min(0).max(1000).nullable().catch(null) });

export const meta = () => pageTitle(staffZh.notices.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, mailer } = context.portal;
  const asked = query.parse({ settled: new URL(request.url).searchParams.get("settled") });
  return {
    ...asked,
    ...(await answerRefusals(readNoticeDesk(db, actor))),
    mailer: mailer.kind,
    sends: hasRole(actor, "notice_desk"),
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { db, clock } = context.portal;
  const parsed = parseForm(settleNoticesSchema, await readForm(request));
  if (!parsed.ok) return data({ errors: parsed.errors }, { status: 400 });
  const { settled } = await answerRefusals(
    settleStuckNotices(db, { ...parsed.value, at: clock.now() }, actorOf(context)),
  );
  throw redirect(`${paths.staff.notices()}?settled=${settled}`);
}

export default function Notices() {
  const { counts, since, unsent, unknown, mailer, sends, settled } = useLoaderData<typeof loader>();
  const answered = useActionData<typeof action>();
  const { t } = useTranslation("staff");
  return (
    <>
      <h1>{t("notices.title")}</h1>
      <p className={controls.muted}>{t("notices.lead")}</p>
      {answered && <ErrorSummary form="notices" state={{ values: {}, errors: answered.errors }} />}
      {!answered && settled !== null && <Notice>{t("notices.settled", { count: settled })}</Notice>}
      {!sends && <p className={controls.muted}>{t("notices.readOnly")}</p>}
      {sends && mailer !== "none" && <KeysNotice />}
      {counts.waiting === 0 ? (
        <p className={controls.empty}>{t("notices.none")}</p>
      ) : (
        <p>
          <strong>{t("notices.waiting", { count: counts.waiting })}</strong>
          {since !== null && ` ${t("notices.since", { day: formatDay(since) })}`}
        </p>
      )}
      {counts.sending > 0 && (
        <p className={controls.muted}>{t("notices.sendingNow", { count: counts.sending })}</p>
      )}
      {mailer === "none" && (
        <p className={controls.summary} role="status">
          {t("notices.notSet")}
        </p>
      )}
      {mailer === "mailbox" && (
        <p className={`${controls.muted} ${controls.spacedTop}`}>
          {t("notices.demo")} <Link to={paths.staff.mailbox()}>{t("mailbox.title")}</Link>
        </p>
      )}
      {sends && mailer !== "none" && <SendNotices waiting={counts.waiting} />}
      <StuckNotices
        kind="unsent"
        notices={unsent}
        count={counts.unsent}
        decides={sends}
        anchor={fieldId("notices", "notices")}
      />
      <StuckNotices
        kind="unknown"
        notices={unknown}
        count={counts.unknown}
        decides={sends}
        anchor={unsent.length === 0 ? fieldId("notices", "notices") : undefined}
      />
    </>
  );
}
