import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { PaymentTable } from "~/components/staff/finance/PaymentTable";
import { PostAll, PostedSet } from "~/components/staff/finance/PostAll";
import { StateTabs } from "~/components/staff/finance/StateTabs";
import finance from "~/components/staff/finance/finance.module.css";
import { Notice } from "~/components/staff/Notice";
import { Pager } from "~/components/staff/Pager";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { readForm } from "~server/intake/read-form.server";
import { actOnPayment } from "~server/ledger/act-on-payment.server";
import { listPayments, PAYMENTS_A_PAGE, PAYMENTS_AT_ONCE } from "~server/ledger/list-payments.server";
import { postChosenAwards } from "~server/ledger/post-chosen-awards.server";
import { PAYMENT_STATES, type PaymentState } from "~server/ledger/payment-states";
import { whyClosed } from "~server/ledger/why-closed.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { decideAccess } from "~server/staff-auth/decide-access";

const query = z.object({
  state: z.enum(PAYMENT_STATES).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
  done: z.enum(["posted", "paid", "posted_all"]).optional().catch(undefined),
  /** The whole list of accepted awards, to be booked at once. */
  all: z.literal("1").optional().catch(undefined),
  count: z.coerce.number().int().min(0).max(500).catch(0),
  code: z
    .string()
    .regex(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/)
    .optional()
    .catch(undefined),
});

export const meta = () => pageTitle(staffZh.finance.payments.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const state = asked.state ?? (hasRole(actor, "cashier") ? "posted" : "accepted");
  const whole = asked.all === "1" && state === "accepted";
  const { rows, counts } = await answerRefusals(
    listPayments(db, { state, page: asked.page, whole, today: chinaDay(clock.now()) }, actor),
  );
  return {
    state,
    rows,
    counts,
    page: asked.page,
    pages: whole ? 1 : Math.ceil(counts[state] / PAYMENTS_A_PAGE),
    whole,
    atOnce: Math.min(counts.accepted, PAYMENTS_AT_ONCE),
    today: chinaDay(clock.now()),
    closed: closedTo(actor, state),
    mayOrder:
      state !== "accepted" && hasRole(actor, "finance_preparer", "finance_reviewer", "finance_approver"),
    mayOpen: decideAccess("routes/staff.rewards_.$awardId", "read", actor) === "allow",
    done:
      asked.done === "posted_all"
        ? { what: asked.done, codeName: "", count: asked.count }
        : asked.done !== undefined && asked.code !== undefined
          ? { what: asked.done, codeName: asked.code, count: 1 }
          : null,
  };
}

/** Booking is the preparer's or the reviewer's; paying is the cashier's (会计法 37: apart). Of a paid award nothing is done here. */
function closedTo(actor: StaffActor, state: PaymentState): string | null {
  if (state === "paid") return null;
  return state === "accepted"
    ? whyClosed(actor, "finance_preparer", "finance_reviewer")
    : whyClosed(actor, "cashier");
}

export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const form = await readForm(request);
  if (form.get("intent") === "post_all") {
    const chosen = await postChosenAwards(context.portal, { form }, actor);
    if (!chosen.ok) return data({ set: null, why: chosen.refusal }, { status: chosen.status });
    const { posted, already, refused } = chosen.done;
    // Rows that were left out are named, and may be tried again from there.
    if (refused.length > 0) return data({ set: chosen.done, why: null }, { status: 409 });
    throw redirect(`${paths.staff.payments()}?state=accepted&done=posted_all&count=${posted + already}`);
  }
  const outcome = await actOnPayment(context.portal, { form }, actor);
  if (!outcome.ok) return data(outcome.failed, { status: outcome.status });
  const params = new URLSearchParams({ done: outcome.done, code: outcome.codeName });
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  if (asked.state !== undefined) params.set("state", asked.state);
  throw redirect(`${paths.staff.payments()}?${params.toString()}`);
}

/** A refusal too reloads the page: what it shows, and the version its forms send, must be of now. */
export const shouldRevalidate = () => true;

export default function PaymentsPage() {
  const view = useLoaderData<typeof loader>();
  const answered = useActionData<typeof action>() ?? null;
  const failed = answered !== null && "state" in answered ? answered : null;
  const chosen = answered !== null && "set" in answered ? answered : null;
  const { t } = useTranslation("staff");
  const listUrl = (state: string, page = 1) =>
    `${paths.staff.payments()}?state=${state}${page > 1 ? `&page=${page}` : ""}`;
  const gone = failed !== null && !view.rows.some(({ awardId }) => awardId === failed.awardId);
  return (
    <>
      <h1>{t("finance.payments.title")}</h1>
      <p className={controls.muted}>{t("finance.payments.hint")}</p>
      {gone && <ErrorSummary form="payments" refusal={failed.refusal ?? t("forms.errors.version")} />}
      {chosen !== null && chosen.set !== null && <PostedSet done={chosen.set} />}
      {answered === null && view.done !== null && (
        <Notice>{t(`finance.payments.done.${view.done.what}`, view.done)}</Notice>
      )}
      <StateTabs
        label={t("finance.payments.tabs")}
        tabs={PAYMENT_STATES.map((id) => ({
          id,
          label: t(`finance.statuses.${id}`),
          count: view.counts[id],
        }))}
        current={view.state}
        href={listUrl}
      />
      {view.closed !== null && <p className={finance.why}>{t("finance.closed", { why: view.closed })}</p>}
      {view.rows.length === 0 ? (
        <p className={controls.empty}>{t(`finance.payments.empty.${view.state}`)}</p>
      ) : (
        <PaymentTable {...view} failed={failed} />
      )}
      {view.state === "accepted" && view.closed === null && view.counts.accepted > (view.whole ? 0 : 1) && (
        <>
          {view.whole ? (
            <PostAll
              rows={view.rows}
              refusal={chosen?.set === null ? (chosen.why ?? t("forms.errors.version")) : null}
            />
          ) : (
            <p>
              <Link to={`${paths.staff.payments()}?state=accepted&all=1`}>
                {t("finance.payments.all.link", { count: view.atOnce })}
              </Link>
            </p>
          )}
        </>
      )}
      <Pager page={view.page} pages={view.pages} href={(page) => listUrl(view.state, page)} />
    </>
  );
}
