import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { CheckField, SelectField, TextField } from "~/components/staff/Field";
import { Notice } from "~/components/staff/Notice";
import { Pager } from "~/components/staff/Pager";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { LoadList, LoadedLists } from "~/components/staff/watch/LoadList";
import { WatchEntryCard } from "~/components/staff/watch/WatchEntryCard";
import { PackChoice } from "~/components/staff/PackChoice";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { queryText } from "~/forms/query-text";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { hasRole } from "~server/staff-auth/actor";
import { packOptions } from "~server/packs/list-options";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { actOnWatch } from "~server/watch/act-on-watch.server";
import { ENTRIES_A_PAGE, listWatch } from "~server/watch/list-watch.server";
import { WATCH_STATUSES } from "~server/watch/watch-status";

const query = z.object({
  pack: z.string().max(60).catch("").default(""),
  page: z.coerce.number().int().min(1).max(10_000).catch(1),
  status: z.enum(WATCH_STATUSES).nullable().catch(null).default(null),
  search: queryText(60),
  keyword: queryText(30),
  gone: z.literal("yes").nullable().catch(null).default(null),
  done: z.enum(["loaded", "already", "decided"]).nullable().catch(null).default(null),
});

export const meta = () => pageTitle(staffZh.watch.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, packs, clock } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const { pack } = packs.of(asked.pack);
  const { status, search, keyword } = asked;
  const filters = { status, search, keyword, goneOnly: asked.gone === "yes" };
  const found = await answerRefusals(listWatch(db, { packId: pack.id, filters, page: asked.page }, actor));
  return {
    asked: { ...asked, pack: pack.id },
    packs: packOptions(packs.all()),
    ...found,
    pages: Math.ceil(found.total / ENTRIES_A_PAGE),
    works: hasRole(actor, "triage_officer"),
    today: chinaDay(clock.now()),
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { packs } = context.portal;
  const loaded = packs.of(new URL(request.url).searchParams.get("pack") ?? "");
  const outcome = await answerRefusals(
    actOnWatch({ ...context.portal, pack: loaded }, request, actorOf(context)),
  );
  const pack: Record<string, string> = packs.all().length > 1 ? { pack: loaded.pack.id } : {};
  if (outcome.kind === "done") throw redirect(paths.staff.watch({ ...pack, done: outcome.done }));
  return data(outcome, { status: outcome.status });
}

export default function WatchList() {
  const { asked, packs, entries, total, pages, keywords, lists, works, today } =
    useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>();
  const { t } = useTranslation("staff");
  const kept: Record<string, string> = Object.fromEntries(
    Object.entries({
      pack: packs.length > 1 ? asked.pack : "",
      status: asked.status ?? "",
      search: asked.search,
      keyword: asked.keyword,
      gone: asked.gone ?? "",
    }).filter(([, value]) => value !== ""),
  );
  const filtered = Object.keys(kept).some((key) => key !== "pack");
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("watch.title")}</h1>
        <p className={controls.muted}>{t("watch.total", { count: total })}</p>
      </div>
      <p className={controls.muted}>{t("watch.lead")}</p>
      <PackChoice packs={packs} value={asked.pack} />
      {!works && <p className={controls.muted}>{t("watch.readOnly")}</p>}
      {failed === undefined && asked.done !== null && <Notice>{t(`watch.done.${asked.done}`)}</Notice>}
      <Form method="get" className={controls.filters} key={JSON.stringify(kept)}>
        {packs.length > 1 && <input type="hidden" name="pack" value={asked.pack} />}
        <TextField form="find" name="search" label={t("watch.search")} value={asked.search} maxLength={60} />
        <SelectField
          form="find"
          name="status"
          label={t("watch.status")}
          empty={t("watch.any")}
          value={asked.status ?? ""}
          options={WATCH_STATUSES.map((value) => ({ value, label: t(`watch.statuses.${value}`) }))}
        />
        <SelectField
          form="find"
          name="keyword"
          label={t("watch.keyword")}
          empty={t("watch.any")}
          value={asked.keyword}
          options={keywords.map((value) => ({ value, label: value }))}
        />
        <CheckField form="find" name="gone" label={t("watch.goneOnly")} checked={asked.gone === "yes"} />
        <div className={controls.filterEnd}>
          <SubmitButton kind="plain">{t("watch.filter")}</SubmitButton>
        </div>
      </Form>
      {entries.length === 0 ? (
        <p className={controls.empty}>{t(filtered ? "watch.emptyFiltered" : "watch.empty")}</p>
      ) : (
        <>
          {entries.map((entry) => (
            <WatchEntryCard
              key={`${entry.id}:${String(entry.version)}`}
              entry={entry}
              works={works}
              failed={failed?.of === entry.id ? failed : null}
            />
          ))}
          <p>
            <a href={paths.staff.watchCsv(kept)} download>
              {t("watch.csv")}
            </a>{" "}
            <span className={controls.hint}>{t("watch.csvHint")}</span>
          </p>
        </>
      )}
      <Pager
        page={asked.page}
        pages={pages}
        href={(page) => paths.staff.watch({ ...kept, page: String(page) })}
      />
      {works && <LoadList today={today} failed={failed?.of === "list" ? failed : null} />}
      <LoadedLists lists={lists} />
    </>
  );
}
