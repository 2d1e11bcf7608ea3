import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { Board, stageUrl } from "~/components/staff/Board";
import { BoardCard } from "~/components/staff/BoardCard";
import { BoardFilters } from "~/components/staff/BoardFilters";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { Notice } from "~/components/staff/Notice";
import { Pager } from "~/components/staff/Pager";
import { pageTitle } from "~/components/staff/page-title";
import board from "~/components/staff/board.module.css";
import controls from "~/components/staff/controls.module.css";
import handover from "~/components/staff/handover.module.css";
import { moveSchema } from "~/forms/move";
import { formValues, parseForm, textOf } from "~/forms/parse-form";
import { queryText } from "~/forms/query-text";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { readForm } from "~server/intake/read-form.server";
import { agencyOptions, sectorOptions } from "~server/packs/list-options";
import { countWaitingLeads } from "~server/secrecy/list-waiting-leads.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals, catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { CARDS_A_PAGE, listBoard } from "~server/triage/list-board.server";
import { moveLead } from "~server/triage/move-lead.server";
import { presentCard } from "~server/triage/present-card.server";
import { readLeadNumber } from "~server/triage/read-lead-number.server";
import { STAGES, type Stage } from "~server/triage/stages";

const query = z.object({
  sector: queryText(40),
  agency: queryText(100),
  major: z.literal("yes").optional().catch(undefined),
  news: z.literal("yes").optional().catch(undefined),
  name: queryText(100),
  stage: z.enum(STAGES).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
  moved: z.coerce.number().int().positive().optional().catch(undefined),
  to: z.enum(STAGES).optional().catch(undefined),
  recused: z.coerce.number().int().positive().optional().catch(undefined),
});

export const meta = () => pageTitle(staffZh.board.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, pack, clock } = context.portal;
  const url = new URL(request.url);
  const asked = query.parse(Object.fromEntries(url.searchParams));
  const filters = {
    sector: asked.sector,
    agency: asked.agency,
    major: asked.major === "yes",
    news: asked.news === "yes",
    name: asked.name,
  };
  const columns = await answerRefusals(
    listBoard(
      db,
      {
        filters: {
          sector: filters.sector,
          agencyId: filters.agency,
          majorOnly: filters.major,
          newsOnly: filters.news,
          name: filters.name,
        },
        stage: asked.stage,
        page: asked.page,
      },
      actor,
    ),
  );
  return {
    columns: columns.map(({ stage, count, cards }) => ({
      stage,
      count,
      cards: cards.map((card) => presentCard(pack.pack, card)),
    })),
    filters,
    filtered: Object.values(filters).some(Boolean),
    stage: asked.stage ?? null,
    page: asked.page,
    pages: Math.ceil((columns[0]?.count ?? 0) / CARDS_A_PAGE),
    moved: asked.moved !== undefined && asked.to !== undefined ? { number: asked.moved, to: asked.to } : null,
    recused: asked.recused ?? null,
    sectors: sectorOptions(pack.pack),
    agencies: agencyOptions(pack.pack),
    today: chinaDay(clock.now()),
    search: boardSearch(url.searchParams),
    seesAll: hasRole(actor, "triage_officer", "auditor"),
    waitingForKeys: hasRole(actor, "triage_officer") ? await countWaitingLeads(db, actor) : 0,
  };
}

/** A card's menu: only moves that need nothing are posted here. */
export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const form = await readForm(request);
  const leadId = textOf(formValues(form), "leadId");
  const number = await answerRefusals(readLeadNumber(db, leadId, actor));
  const parsed = parseForm(moveSchema([]), form);
  if (!parsed.ok) {
    const stale = staffZh.forms.errors.version;
    return data({ leadId, number, to: textOf(parsed.values, "to"), refusal: stale }, { status: 400 });
  }
  const moved = await catchRefusal(moveLead(db, { leadId, ...parsed.value, at: clock.now() }, actor));
  if (!moved.ok) {
    const { status, publicMessage } = moved.refusal;
    return data({ leadId, number, to: parsed.value.to, refusal: publicMessage }, { status });
  }
  const back = new URLSearchParams(boardSearch(new URL(request.url).searchParams));
  back.set("moved", String(number));
  back.set("to", moved.value.stage);
  throw redirect(`${paths.staff.board()}?${back.toString()}`);
}

/** The view without what only told of the last move. */
function boardSearch(params: URLSearchParams): string {
  const kept = new URLSearchParams(params);
  for (const [name, value] of params)
    if (value === "" || ["moved", "to", "recused"].includes(name)) kept.delete(name);
  kept.delete("_data");
  return kept.size === 0 ? "" : `?${kept.toString()}`;
}

/** A refusal too reloads the page: what it shows, and the version its forms send, must be of now. */
export const shouldRevalidate = () => true;

export default function BoardPage() {
  const view = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { t } = useTranslation("staff");
  const total = view.columns.reduce((sum, column) => sum + column.count, 0);
  const stageName = view.stage && t(`stages.${view.stage}`);
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{stageName ?? t("board.title")}</h1>
        <p className={controls.muted}>{t("board.total", { count: total })}</p>
      </div>
      {refused && (
        <>
          <ErrorSummary
            form="move"
            refusal={refused.refusal}
            title={t("board.notMoved", { number: refused.number })}
          />
          <p>
            <Link to={leadAfterRefusal(refused.leadId, refused.to)}>{t("board.openTheLead")}</Link>
          </p>
        </>
      )}
      {!refused && view.moved && (
        <Notice>
          {t("board.moved", { number: view.moved.number, stage: t(`stages.${view.moved.to}`) })}
        </Notice>
      )}
      {view.waitingForKeys > 0 && (
        <p className={handover.quiet}>
          {t("handover.banner", { count: view.waitingForKeys })}{" "}
          <Link to={paths.staff.handover()}>{t("handover.bannerLink")}</Link>
        </p>
      )}
      {!refused && view.recused !== null && <Notice>{t("board.recused", { number: view.recused })}</Notice>}
      <BoardFilters
        filters={view.filters}
        sectors={view.sectors}
        agencies={view.agencies}
        filtered={view.filtered}
      />
      {total === 0 && (
        <p className={controls.empty}>
          {view.filtered
            ? t("board.noMatch")
            : t(`board.emptyBoard.${view.seesAll ? "triage_officer" : "other"}`)}
        </p>
      )}
      {view.stage === null ? (
        // A list of news: columns without any would only stand in its way.
        <Board
          columns={view.filters.news ? view.columns.filter(({ count }) => count > 0) : view.columns}
          today={view.today}
          search={view.search}
          filtered={view.filtered}
        />
      ) : (
        <SingleColumn stage={view.stage} view={view} />
      )}
    </>
  );
}

function SingleColumn({
  stage,
  view,
}: {
  stage: Stage;
  view: ReturnType<typeof useLoaderData<typeof loader>>;
}) {
  const { t } = useTranslation("staff");
  const [column] = view.columns;
  const whole = new URLSearchParams(view.search);
  whole.delete("stage");
  whole.delete("page");
  return (
    <>
      <p>
        <Link to={`${paths.staff.board()}?${whole.toString()}`}>{t("board.backToBoard")}</Link>
      </p>
      <div className={board.single}>
        {column?.cards.map((card) => (
          <BoardCard key={card.id} card={card} today={view.today} search={view.search} />
        ))}
      </div>
      <Pager page={view.page} pages={view.pages} href={(page) => stageUrl(stage, view.search, page)} />
    </>
  );
}

/** The lead's page with the refused move's form open, where it has one. */
function leadAfterRefusal(leadId: string, to: string): string {
  return `${paths.staff.lead(leadId)}?move=${encodeURIComponent(to)}#actions`;
}
