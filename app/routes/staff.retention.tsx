import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { Notice } from "~/components/staff/Notice";
import { Pager } from "~/components/staff/Pager";
import { BatchItems } from "~/components/staff/retention/BatchItems";
import { BatchSection } from "~/components/staff/retention/BatchSection";
import { Holds } from "~/components/staff/retention/Holds";
import { PolicyTable } from "~/components/staff/retention/PolicyTable";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { readForm } from "~server/intake/read-form.server";
import { RETENTION_DONE } from "~server/retention/retention-done";
import { actOnRetention } from "~server/retention/act-on-retention.server";
import { HOLDS_A_PAGE, ITEMS_A_PAGE, listRetention } from "~server/retention/list-retention.server";
import { policyOn } from "~server/retention/policies";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const page = z.coerce.number().int().min(1).max(10_000).catch(1);
const query = z.object({
  page,
  holds: page,
  batch: z.uuid().nullable().catch(null).default(null),
  done: z.enum(RETENTION_DONE).nullable().catch(null).default(null),
});

export const meta = () => pageTitle(staffZh.retention.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const found = await answerRefusals(
    listRetention(db, { batchId: asked.batch, page: asked.page, holdsPage: asked.holds }, actor),
  );
  const byPasskey = actor.method === "passkey";
  return {
    asked,
    ...found,
    policy: policyOn(chinaDay(clock.now())),
    pages: Math.ceil((found.shown?.items ?? 0) / ITEMS_A_PAGE),
    holdPages: Math.ceil(found.holdCount / HOLDS_A_PAGE),
    byPasskey,
    triages: hasRole(actor, "triage_officer") && byPasskey,
    approves: hasRole(actor, "administrator") && byPasskey,
    readsOnly: !hasRole(actor, "triage_officer", "administrator"),
    ownId: actor.id,
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await readForm(request);
  const outcome = await answerRefusals(actOnRetention(context.portal, form, actorOf(context)));
  if (outcome.kind === "done") throw redirect(paths.staff.retention({ done: outcome.done }));
  return data(outcome, { status: outcome.status });
}

/** A refusal too reloads the page: what it shows must be of now. */
export const shouldRevalidate = () => true;

export default function Retention() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const { shown, asked } = view;
  return (
    <>
      <h1>{t("retention.title")}</h1>
      <p className={controls.muted}>{t("retention.lead")}</p>
      {view.readsOnly && <p className={controls.muted}>{t("retention.readOnly")}</p>}
      {!view.readsOnly && !view.byPasskey && <p className={controls.muted}>{t("retention.needPasskey")}</p>}
      {failed === null && asked.done !== null && <Notice>{t(`retention.done.${asked.done}`)}</Notice>}
      <section className={controls.card} aria-labelledby="batch-title">
        <h2 id="batch-title">{t("retention.batchTitle")}</h2>
        {shown === null ? (
          <p className={controls.empty}>{t("retention.noBatch")}</p>
        ) : (
          <>
            <BatchSection
              batch={shown}
              triages={view.triages}
              approves={view.approves}
              ownId={view.ownId}
              failed={
                failed !== null && ["propose", "approve", "refuse"].includes(failed.intent) ? failed : null
              }
            />
            <BatchItems items={view.items} />
            <Pager
              page={asked.page}
              pages={view.pages}
              href={(at) => paths.staff.retention({ batch: shown.id, page: String(at) })}
            />
          </>
        )}
      </section>
      <Holds key={view.holdCount} holds={view.holds} triages={view.triages} failed={failed} />
      <Pager
        page={asked.holds}
        pages={view.holdPages}
        href={(at) => paths.staff.retention({ holds: String(at) })}
      />
      <PolicyTable policy={view.policy} batches={view.batches} />
    </>
  );
}
