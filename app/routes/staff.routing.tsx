import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { SelectField, TextField } from "~/components/staff/Field";
import { Pager } from "~/components/staff/Pager";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { pageTitle } from "~/components/staff/page-title";
import { FaultList } from "~/components/staff/routing/FaultList";
import { RouteResult } from "~/components/staff/routing/RouteResult";
import { RulesTable } from "~/components/staff/routing/RulesTable";
import { SimulateForm } from "~/components/staff/routing/SimulateForm";
import controls from "~/components/staff/controls.module.css";
import { queryText } from "~/forms/query-text";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { readForm } from "~server/intake/read-form.server";
import { sectorOptions } from "~server/packs/list-options";
import { listVersions } from "~server/packs/list-versions.server";
import { RULES_A_PAGE, listRules, searchRules } from "~server/routing/list-rules";
import { simulateRoute } from "~server/routing/simulate-route.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({
  pack: queryText(60),
  search: queryText(60),
  page: z.coerce.number().int().min(1).max(1_000).catch(1),
});

export const meta = () => pageTitle(staffZh.routing.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, packs, clock } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const { pack } = packs.of(asked.pack);
  const found = searchRules(listRules(pack, chinaDay(clock.now())), asked.search);
  return {
    asked: { ...asked, pack: pack.id },
    versions: await answerRefusals(listVersions(db, packs.all(), actor)),
    packs: packs.all().map((one) => ({ value: one.pack.id, label: one.pack.title.zh })),
    sectors: sectorOptions(pack),
    inForce: { title: pack.title.zh, document: pack.document, version: pack.version },
    rules: found.slice((asked.page - 1) * RULES_A_PAGE, asked.page * RULES_A_PAGE),
    pages: Math.ceil(found.length / RULES_A_PAGE),
    refused: packs.refused,
    home: packs.home().pack.version,
  };
}

/** Answered directly: nothing was written, and made-up facts belong in no address. */
export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const asking = { form: await readForm(request), today: chinaDay(clock.now()) };
  const answer = await answerRefusals(simulateRoute(db, asking, actor));
  return data(answer, { status: answer.status });
}

export default function Routing() {
  const view = useLoaderData<typeof loader>();
  const answered = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const { asked, inForce } = view;
  const at = (page: number) =>
    `${paths.staff.routing()}?${new URLSearchParams({ pack: asked.pack, search: asked.search, page: String(page) }).toString()}`;
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("routing.title")}</h1>
        <p>
          <Link to={paths.staff.packVersions()}>{t("routing.toVersions")}</Link>
        </p>
      </div>
      <p className={controls.muted}>{t("routing.intro")}</p>
      {view.refused !== null && (
        <div className={controls.summary} role="status" aria-labelledby="refused-title">
          <p className={controls.summaryTitle} id="refused-title">
            {t("routing.refusedTitle")}
          </p>
          <p>{t("routing.refused", { version: view.home })}</p>
          <FaultList fault={view.refused} />
        </div>
      )}
      {answered?.result && <RouteResult result={answered.result} />}
      <SimulateForm
        packId={view.asked.pack}
        versions={view.versions}
        sectors={view.sectors}
        state={answered?.state ?? null}
      />
      {!answered?.result && <RouteResult result={null} />}
      <section aria-labelledby="rules-title" className={controls.spacedTop}>
        <h2 id="rules-title">{t("routing.rules.title")}</h2>
        <p className={controls.muted}>{t("routing.rules.lead", inForce)}</p>
        <Form method="get" className={controls.filters} key={JSON.stringify(asked)}>
          {view.packs.length > 1 && (
            <SelectField
              form="rules"
              name="pack"
              label={t("routing.rules.pack")}
              options={view.packs}
              value={asked.pack}
            />
          )}
          <TextField
            form="rules"
            name="search"
            label={t("routing.rules.search")}
            value={asked.search}
            maxLength={60}
          />
          <div className={controls.filterEnd}>
            <SubmitButton kind="plain">{t("routing.rules.searchButton")}</SubmitButton>
          </div>
        </Form>
        <RulesTable rules={view.rules} />
        <Pager page={asked.page} pages={view.pages} href={at} />
      </section>
    </>
  );
}
