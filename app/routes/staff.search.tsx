import type { LoaderFunctionArgs } from "@remix-run/node";
import { Form, Link, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { BoardCard } from "~/components/staff/BoardCard";
import { Pager } from "~/components/staff/Pager";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { pageTitle } from "~/components/staff/page-title";
import tools from "~/components/staff/board-tools.module.css";
import controls from "~/components/staff/controls.module.css";
import { queryText } from "~/forms/query-text";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { countDaysToGo } from "~server/clocks/days-to-go.server";
import { chinaDay } from "~server/clock";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { presentCard } from "~server/triage/present-card.server";
import { FOUND_A_PAGE, searchLeads } from "~server/triage/search-leads.server";

const query = z.object({
  q: queryText(100),
  page: z.coerce.number().int().min(1).max(1000).catch(1),
});

export const meta = () => pageTitle(staffZh.search.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { db, packs, clock } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const found = await answerRefusals(searchLeads(db, { text: asked.q, page: asked.page }, actorOf(context)));
  const toGo = await countDaysToGo(
    db,
    { leads: found.cards, today: chinaDay(clock.now()) },
    actorOf(context),
  );
  return {
    asked,
    count: found.count,
    more: found.more,
    cards: found.cards.map((card) => ({
      ...presentCard(packs.of(card.packId).pack, card, toGo.get(card.id) ?? null),
      stage: card.stage,
    })),
    pages: Math.ceil(found.count / FOUND_A_PAGE),
  };
}

export default function SearchPage() {
  const { asked, count, more, cards, pages } = useLoaderData<typeof loader>();
  const { t } = useTranslation("staff");
  return (
    <>
      <h1>{t("search.title")}</h1>
      <Form method="get" role="search" className={tools.searchForm} key={asked.q}>
        <div className={controls.field}>
          <label htmlFor="search-q">{t("search.label")}</label>
          <p id="search-q-hint" className={controls.hint}>
            {t("search.hint")}
          </p>
          <input
            id="search-q"
            name="q"
            type="search"
            className={controls.input}
            defaultValue={asked.q}
            maxLength={100}
            aria-describedby="search-q-hint"
          />
        </div>
        <SubmitButton kind="plain">{t("search.button")}</SubmitButton>
      </Form>
      {asked.q === "" && <p className={controls.empty}>{t("search.start")}</p>}
      {asked.q !== "" && count === 0 && (
        <p className={controls.empty}>{t("search.nothing", { q: asked.q })}</p>
      )}
      {count > 0 && (
        <>
          <p className={controls.muted}>{t(more ? "search.foundMany" : "search.found", { count })}</p>
          <div className={tools.found}>
            {cards.map((card) => (
              <div key={card.id}>
                <p className={controls.muted}>
                  {t("lead.number", { number: card.number })} · {t(`stages.${card.stage}`)}
                </p>
                <BoardCard card={card} search="" />
              </div>
            ))}
          </div>
          <Pager
            page={asked.page}
            pages={pages}
            href={(page) =>
              `${paths.staff.search()}?${new URLSearchParams({ q: asked.q, page: String(page) }).toString()}`
            }
          />
        </>
      )}
      <p>
        <Link to={paths.staff.board()}>{t("lead.back")}</Link>
      </p>
    </>
  );
}
