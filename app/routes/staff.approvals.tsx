import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { WaitingVoucher } from "~/components/staff/finance/WaitingVoucher";
import { Pager } from "~/components/staff/Pager";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { chooseForm } from "~/forms/approvals";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { carryOut } from "~server/clocks/carry-out.server";
import { refusalSentence } from "~server/ledger/refusals.server";
import { readForm } from "~server/intake/read-form.server";
import { chooseVouchers } from "~server/rewards/choose-vouchers.server";
import { listApprovals } from "~server/rewards/list-approvals.server";
import { readAward } from "~server/rewards/read-award.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
  steps: z.uuid().nullable().catch(null),
});

export const meta = () => pageTitle(staffZh.approvals.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const params = new URL(request.url).searchParams;
  const { page, steps } = query.parse({ page: params.get("page") ?? 1, steps: params.get("steps") });
  const { rows, total, pageSize } = await answerRefusals(listApprovals(db, { page }, actor, clock));
  // The computation on demand, of one voucher: a link, so that it opens without a script too.
  const open = rows.some(({ id }) => id === steps) ? steps : null;
  const shown = open === null ? null : await answerRefusals(readAward(db, { awardId: open }, actor, clock));
  return {
    rows,
    page,
    pages: Math.ceil(total / pageSize),
    steps: shown === null ? null : { awardId: shown.id, of: shown.pool.steps },
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const form = await readForm(request);
  const outcome = await carryOut({ form, schema: chooseForm, intent: "choose" }, async ({ row }) => {
    const { setId } = await chooseVouchers(db, { chosen: row }, actor, clock);
    return paths.staff.approvalSet(setId);
  });
  if (outcome.ok) throw redirect(outcome.to);
  const refusal = outcome.failed.refusal ?? refusalSentence("nothing_chosen");
  return data({ refusal }, { status: outcome.status });
}

export const shouldRevalidate = () => true;

export default function ApprovalsPage() {
  const { rows, page, pages, steps } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>();
  const { t } = useTranslation("staff");
  const href = (to: number) => (to === 1 ? paths.staff.approvals() : `${paths.staff.approvals()}?page=${to}`);
  const open = (id: string | null) =>
    id === null ? href(page) : `${paths.staff.approvals()}?page=${page}&steps=${id}#voucher-${id}`;
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("approvals.title")}</h1>
        <p>
          <Link to={paths.staff.deputies()}>{t("approvals.deputies")}</Link> ·{" "}
          <Link to={paths.staff.checkApproval()}>{t("approvals.check")}</Link>
        </p>
      </div>
      <p className={controls.muted}>{t("approvals.lead")}</p>
      <ErrorSummary form="choose" refusal={failed?.refusal} />
      {rows.length === 0 ? (
        <p className={controls.empty}>{t("approvals.empty")}</p>
      ) : (
        <Form method="post">
          {rows.map((row) => (
            <WaitingVoucher
              key={row.id}
              row={row}
              steps={steps?.awardId === row.id ? steps.of : null}
              stepsHref={open(steps?.awardId === row.id ? null : row.id)}
            />
          ))}
          {rows.some(({ why }) => why === null) && (
            <>
              <p className={controls.muted}>{t("approvals.pickedHint")}</p>
              <SubmitButton>{t("approvals.picked")}</SubmitButton>
            </>
          )}
        </Form>
      )}
      <Pager page={page} pages={pages} href={href} />
    </>
  );
}
