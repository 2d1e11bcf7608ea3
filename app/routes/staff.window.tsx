import { randomUUID } from "node:crypto";
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { Notice } from "~/components/staff/Notice";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { CodeDesk } from "~/components/staff/window/CodeDesk";
import { DaySection } from "~/components/staff/window/DaySection";
import { FloatForm } from "~/components/staff/window/FloatForm";
import { SetUpForm } from "~/components/staff/window/SetUpForm";
import { TodaySection } from "~/components/staff/window/TodaySection";
import { WindowList } from "~/components/staff/window/WindowList";
import { WINDOW_DONE } from "~/forms/window";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { readForm } from "~server/intake/read-form.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { actOnWindow } from "~server/windows/act-on-window.server";
import { listWindows } from "~server/windows/list-windows.server";
import { WINDOW_MAKERS } from "~server/windows/set-up-window.server";

const query = z.object({
  window: z.uuid().nullable().catch(null).default(null),
  page: z.coerce.number().int().min(1).max(1000).catch(1).default(1),
  done: z.enum(WINDOW_DONE).nullable().catch(null).default(null),
  slip: z
    .string()
    .regex(/^[A-Z]{2}\d{8}-\d{4}$/)
    .nullable()
    .catch(null)
    .default(null),
});

export const meta = () => pageTitle(staffZh.window.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const found = await answerRefusals(
    listWindows(db, { windowId: asked.window, page: asked.page }, actor, clock),
  );
  const byPasskey = actor.method === "passkey";
  return {
    asked,
    ...found,
    byPasskey,
    requestKey: randomUUID(),
    ownId: actor.id,
    may: {
      pay: byPasskey && hasRole(actor, "window_clerk"),
      move: byPasskey && hasRole(actor, "cashier", "finance_approver"),
      agree: byPasskey && hasRole(actor, "window_clerk", "cashier", "finance_reviewer", "finance_approver"),
      unlock:
        byPasskey && hasRole(actor, "cashier", "finance_preparer", "finance_reviewer", "finance_approver"),
      setUp: byPasskey && hasRole(actor, ...WINDOW_MAKERS),
    },
    readsOnly: hasRole(actor, "auditor"),
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await readForm(request);
  const outcome = await answerRefusals(actOnWindow(context.portal, form, actorOf(context)));
  if (outcome.kind === "answer") return data(outcome.answer, { status: outcome.status });
  const window = form.get("windowId");
  const { done, slip } = outcome;
  throw redirect(
    paths.staff.window({
      ...(typeof window === "string" && window !== "" ? { window } : {}),
      done,
      ...(slip === undefined ? {} : { slip }),
    }),
  );
}

/** A refusal too reloads the page: what it shows must be of now. */
export const shouldRevalidate = () => true;

export default function WindowPage() {
  const view = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const { chosen, may, asked } = view;
  const failed = answer?.kind === "failed" ? answer : null;
  const counted = chosen?.days.some(({ day }) => day === view.today) ?? false;
  return (
    <>
      <h1>{t("window.title")}</h1>
      <p className={controls.muted}>{t("window.lead")}</p>
      {!view.byPasskey && <p className={controls.muted}>{t("window.needPasskey")}</p>}
      {view.readsOnly && <p className={controls.muted}>{t("window.readOnly")}</p>}
      {answer === null && asked.done !== null && (
        <Notice>
          {t(`window.done.${asked.done}`)}{" "}
          {asked.slip === null ? null : (
            <a href={paths.staff.windowSlip(asked.slip)}>{t("window.slip", { slip: asked.slip })}</a>
          )}
        </Notice>
      )}
      {chosen !== null && chosen.window.status === "open" && (
        <>
          <CodeDesk
            window={chosen.window}
            locked={chosen.locked}
            wrong={chosen.wrong}
            counted={counted}
            may={may}
            answer={answer}
          />
          <TodaySection
            {...chosen}
            today={view.today}
            page={asked.page}
            href={(page) => paths.staff.window({ window: chosen.window.id, page: String(page) })}
          />
          {may.move && !counted && (
            <FloatForm windowId={chosen.window.id} requestKey={view.requestKey} failed={failed} />
          )}
        </>
      )}
      {chosen !== null && chosen.window.status !== "proposed" && (
        <DaySection
          windowId={chosen.window.id}
          bookFen={chosen.bookFen}
          days={chosen.days}
          counted={counted || chosen.window.status !== "open"}
          may={may}
          ownId={view.ownId}
          failed={failed}
        />
      )}
      <WindowList
        windows={view.windows}
        chosenId={chosen?.window.id ?? null}
        may={may}
        ownId={view.ownId}
        failed={failed}
      />
      {may.setUp && <SetUpForm sources={view.sources} failed={failed} />}
    </>
  );
}
