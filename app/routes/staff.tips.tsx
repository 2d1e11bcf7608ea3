import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import {
  isRouteErrorResponse,
  useActionData,
  useLoaderData,
  type ClientActionFunctionArgs,
  type ShouldRevalidateFunctionArgs,
} from "@remix-run/react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import controls from "~/components/staff/controls.module.css";
import { DeskForm } from "~/components/staff/desk/DeskForm";
import { DeskReceipt } from "~/components/staff/desk/DeskReceipt";
import { DeskSummary, type DeskRefusal } from "~/components/staff/desk/DeskSummary";
import { RecordedTips } from "~/components/staff/desk/RecordedTips";
import { useKeepTyped } from "~/components/staff/desk/use-keep-typed";
import { pageTitle } from "~/components/staff/page-title";
import { isDeskChannel, readDeskForm } from "~/forms/desk";
import { formText } from "~/forms/form-text";
import type { RawAnswers } from "~/forms/report";
import type { FieldErrors } from "~/forms/report-fields";
import { tipReference } from "~/forms/tip-reference";
import { staffZh } from "~/i18n/zh-CN/staff";
import { chinaDay } from "~server/clock";
import { readImportDay } from "~server/exchange/import-day";
import { makeDeskToken, readDeskToken } from "~server/intake/desk-token.server";
import { RECORDED_A_PAGE, listRecorded } from "~server/intake/list-recorded.server";
import { offerDesk } from "~server/intake/offer-desk.server";
import { readForm } from "~server/intake/read-form.server";
import { checkDesk, recordTip } from "~server/intake/record-tip.server";
import { isOpen } from "~server/intake/require-open.server";
import { spellReceipt, type ReceiptSpellings } from "~server/secrecy/receipt";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({ page: z.coerce.number().int().min(1).max(100_000).catch(1) });

export const meta = () => pageTitle(staffZh.desk.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { portal } = context;
  const { page } = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const found = await answerRefusals(listRecorded(portal.db, { page }, actor));
  return {
    open: await isOpen(portal),
    token: makeDeskToken(portal, actor),
    offer: offerDesk(portal.pack.pack),
    page,
    pages: Math.ceil(found.count / RECORDED_A_PAGE),
    tips: found.tips,
  };
}

type Answer =
  | { readonly kind: "done"; readonly spellings: ReceiptSpellings; readonly reference: string }
  | {
      readonly kind: "refused";
      readonly refusal: DeskRefusal | null;
      readonly errors: FieldErrors;
      readonly received: "dayWrong" | "dayFuture" | null;
      /** For a page whose own has grown too old. */
      readonly token: string | null;
      readonly raw: RawAnswers;
      readonly values: { readonly channel: string; readonly receivedOn: string };
    };

/** The receipt goes out in this answer and in no other. */
export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { portal } = context;
  const form = await readForm(request);
  const raw = readDeskForm(form);
  const channel = formText(form, "channel");
  const values = {
    channel: isDeskChannel(channel) ? channel : "hotline",
    receivedOn: formText(form, "receivedOn").slice(0, 40),
  };
  const refuse = (
    more: { errors?: FieldErrors; received?: "dayWrong" | "dayFuture"; stale?: true },
    status: number,
  ) =>
    data<Answer>(
      {
        kind: "refused",
        refusal: more.stale ? "stale" : null,
        errors: more.errors ?? {},
        received: more.received ?? null,
        token: more.stale ? makeDeskToken(portal, actor) : null,
        raw,
        values,
      },
      { status },
    );
  const seed = readDeskToken(portal, formText(form, "token"), actor);
  if (seed === null) return refuse({ stale: true }, 409);
  const received = readImportDay(values.receivedOn, chinaDay(portal.clock.now()));
  const errors = checkDesk(portal, raw, values.channel);
  if (Object.keys(errors).length > 0 || received.fault !== null) {
    const fault = received.fault === "dayFuture" ? "dayFuture" : "dayWrong";
    return refuse({ errors, received: received.fault === null ? undefined : fault }, 400);
  }
  const { tipId, receipt } = await answerRefusals(
    recordTip(portal, { seed, raw, channel: values.channel, receivedOn: received.value }, actor),
  );
  return data<Answer>(
    { kind: "done", spellings: spellReceipt(receipt), reference: tipReference(tipId) },
    { headers: { "Cache-Control": "no-store" } },
  );
}

/** A lost network or an ended session must not take what was typed with it: it is told in the page. */
export async function clientAction({ serverAction }: ClientActionFunctionArgs) {
  try {
    return await serverAction<typeof action>();
  } catch (error) {
    const refusal: DeskRefusal = isRouteErrorResponse(error) && error.status === 401 ? "signedOut" : "failed";
    return { kind: "lost" as const, refusal };
  }
}

/** Only a report taken down changes what the page shows; a page that lost its session must not be sent away. */
export function shouldRevalidate({ actionResult, defaultShouldRevalidate }: ShouldRevalidateFunctionArgs) {
  const answer = actionResult as { kind?: unknown } | undefined;
  return answer === undefined ? defaultShouldRevalidate : answer.kind === "done";
}

export default function IntakeDesk() {
  const { open, token, offer, page, pages, tips } = useLoaderData<typeof loader>();
  const answered = useActionData<typeof action | typeof clientAction>() as
    Answer | { readonly kind: "lost"; readonly refusal: DeskRefusal } | undefined;
  const { t } = useTranslation("staff");
  // The receipt's seed of the form on the page: reloading the list must not give it another.
  const [opened] = useState(token);
  const [typed, setTyped] = useState(false);
  const done = answered?.kind === "done" ? answered : null;
  const refused = answered?.kind === "refused" ? answered : null;
  useKeepTyped(typed && done === null, t("desk.leave"));
  const receivedError = refused?.received ? t(`desk.${refused.received}`) : undefined;
  const errors = refused?.errors ?? {};
  const refusal = answered === undefined || answered.kind === "done" ? null : answered.refusal;
  return (
    <>
      <h1>{t("desk.title")}</h1>
      {done !== null ? (
        <DeskReceipt spellings={done.spellings} reference={done.reference} />
      ) : (
        <>
          <p className={controls.muted}>{t("desk.lead")}</p>
          <DeskSummary errors={errors} receivedError={receivedError} refusal={refusal} />
          {open ? (
            <DeskForm
              token={refused?.token ?? opened}
              offer={offer}
              raw={refused?.raw ?? {}}
              values={refused?.values ?? { channel: "hotline", receivedOn: "" }}
              errors={errors}
              receivedError={receivedError}
              onEdit={() => setTyped(true)}
            />
          ) : (
            <p className={controls.empty}>{t("desk.closed")}</p>
          )}
        </>
      )}
      <RecordedTips tips={tips} page={page} pages={pages} />
    </>
  );
}
