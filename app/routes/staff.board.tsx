import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { Board, stageUrl } from "~/components/staff/Board";
import { BoardCard } from "~/components/staff/BoardCard";
import { BoardFilters } from "~/components/staff/BoardFilters";
import { BoardKeys } from "~/components/staff/BoardKeys";
import { BoardSettings } from "~/components/staff/BoardSettings";
import { BoardViews } from "~/components/staff/BoardViews";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { LeadChanges } from "~/components/staff/LeadChanges";
import { LeadPanel } from "~/components/staff/LeadPanel";
import { Notice } from "~/components/staff/Notice";
import { Pager } from "~/components/staff/Pager";
import { PickBar } from "~/components/staff/PickBar";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { pageTitle } from "~/components/staff/page-title";
import board from "~/components/staff/board.module.css";
import tools from "~/components/staff/board-tools.module.css";
import controls from "~/components/staff/controls.module.css";
import handover from "~/components/staff/handover.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { readForm } from "~server/intake/read-form.server";
import { countWaitingLeads } from "~server/secrecy/list-waiting-leads.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { actOnBoard, boardSearch, type BoardFailure } from "~server/triage/act-on-board.server";
import { loadBoard } from "~server/triage/load-board.server";
import { STAGES, type Stage } from "~server/triage/stages";

export const meta = () => pageTitle(staffZh.board.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { searchParams } = new URL(request.url);
  const view = await answerRefusals(loadBoard(context.portal, searchParams, actor));
  const asked = [...searchParams.keys()].some((name) => !["_data", "_routes"].includes(name));
  // A bare address is the person's own first view; the whole board has an address of its own.
  if (!asked && view.habits.defaultQuery)
    throw redirect(`${paths.staff.board()}?${view.habits.defaultQuery}`);
  const number = (name: string) => Number(/^\d{1,12}$/.exec(searchParams.get(name) ?? "")?.[0] ?? 0) || null;
  const to = STAGES.find((stage) => stage === searchParams.get("to"));
  const moved = number("moved");
  return {
    ...view,
    moved: moved !== null && to !== undefined ? { number: moved, to } : null,
    recused: number("recused"),
    assigned: number("assigned"),
    saved: searchParams.get("saved") === "yes",
    search: boardSearch(searchParams),
    waitingForKeys: hasRole(actor, "triage_officer") ? await countWaitingLeads(context.portal.db, actor) : 0,
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await readForm(request);
  const params = new URL(request.url).searchParams;
  const outcome = await answerRefusals(actOnBoard(context.portal, { form, params }, actorOf(context)));
  if (outcome.ok) throw redirect(outcome.to);
  return data(outcome.failed, { status: outcome.status });
}

/** A refusal too reloads the page: what it shows, and the version its forms send, must be of now. */
export const shouldRevalidate = () => true;

type View = ReturnType<typeof useLoaderData<typeof loader>>;

export default function BoardPage() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const total = view.columns.reduce((sum, column) => sum + column.count, 0);
  const many = view.columns.some(({ more }) => more);
  const own = (intent: string) => (failed?.intent === intent ? failed : null);
  const shown = {
    search: view.search,
    filtered: view.filtered,
    picking: view.mayAct,
    openId: view.panel?.id ?? null,
    limits: view.options.stageLimits,
  };
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{view.stage === null ? t("board.title") : t(`stages.${view.stage}`)}</h1>
        <p className={controls.muted}>{t(many ? "board.totalMany" : "board.total", { count: total })}</p>
      </div>
      <Told view={view} failed={failed} />
      <div className={tools.bar}>
        <Form method="get" action={paths.staff.search()} role="search" className={tools.searchForm}>
          <div className={controls.field}>
            <label htmlFor="board-search">{t("search.label")}</label>
            <input id="board-search" name="q" type="search" className={controls.input} data-board-search="" />
          </div>
          <SubmitButton kind="plain">{t("search.button")}</SubmitButton>
        </Form>
        <BoardKeys off={view.habits.shortcutsOff} />
        <BoardSettings
          shortcutsOff={view.habits.shortcutsOff}
          views={view.views}
          options={view.options}
          people={view.people}
          mayAct={view.mayAct}
          search={view.search}
          failed={own("options")}
        />
      </div>
      <BoardViews views={view.views} query={view.viewQuery} search={view.search} failed={own("saveView")} />
      <BoardFilters {...view} />
      {view.mayAct && total > 0 && <PickBar search={view.search} set={view.set} />}
      {total === 0 && (
        <p className={controls.empty}>
          {view.filtered
            ? t("board.noMatch")
            : t(`board.emptyBoard.${view.seesAll ? "triage_officer" : "other"}`)}
        </p>
      )}
      <div className={view.panel === null ? undefined : tools.beside}>
        {view.stage === null ? (
          <div>
            {/* A list of news: columns without any would only stand in its way. */}
            <Board
              columns={
                view.filters.news === "yes" ? view.columns.filter(({ count }) => count > 0) : view.columns
              }
              {...shown}
            />
          </div>
        ) : (
          <SingleColumn stage={view.stage} view={view} shown={shown} />
        )}
        {view.panel !== null && (
          <LeadPanel
            key={view.panel.id}
            lead={view.panel}
            agencies={view.agencies}
            search={view.search}
            asked={view.askedMove}
            inTurn={view.options.inTurn}
            failed={failed}
          />
        )}
      </div>
    </>
  );
}

/** What the last act did, or why it did not. */
function Told({ view, failed }: { view: View; failed: BoardFailure | null }) {
  const { t } = useTranslation("staff");
  if (failed !== null && ["move", "assign", "freeze", "freezeAll"].includes(failed.intent)) {
    const { number, leadId, to } = failed;
    return (
      <>
        <ErrorSummary
          form="move"
          refusal={failed.refusal}
          state={failed.refusal === null ? failed.state : null}
          title={
            number === null
              ? t("bulk.notFrozen")
              : t(failed.intent === "assign" ? "assign.notDone" : "board.notMoved", { number })
          }
        />
        <LeadChanges changes={failed.changes} />
        {number !== null && (
          <p>
            <Link to={leadAfterRefusal(leadId, to)}>{t("board.openTheLead")}</Link>
          </p>
        )}
      </>
    );
  }
  return (
    <>
      {failed === null && view.moved && (
        <Notice>
          {t("board.moved", { number: view.moved.number, stage: t(`stages.${view.moved.to}`) })}
        </Notice>
      )}
      {failed === null && view.assigned !== null && (
        <Notice>{t("assign.done", { number: view.assigned })}</Notice>
      )}
      {failed === null && view.saved && <Notice>{t("views.saved")}</Notice>}
      {view.waitingForKeys > 0 && (
        <p className={handover.quiet}>
          {t("handover.banner", { count: view.waitingForKeys })}{" "}
          <Link to={paths.staff.handover()}>{t("handover.bannerLink")}</Link>
        </p>
      )}
      {failed === null && view.recused !== null && (
        <Notice>{t("board.recused", { number: view.recused })}</Notice>
      )}
    </>
  );
}

function SingleColumn({
  stage,
  view,
  shown,
}: {
  stage: Stage;
  view: View;
  shown: { search: string; picking: boolean; openId: string | null };
}) {
  const { t } = useTranslation("staff");
  const [column] = view.columns;
  const whole = new URLSearchParams(view.search);
  whole.delete("stage");
  whole.delete("page");
  const { search, picking, openId } = shown;
  return (
    <div>
      <p>
        <Link to={whole.size === 0 ? paths.staff.wholeBoard() : `${paths.staff.board()}?${whole.toString()}`}>
          {t("board.backToBoard")}
        </Link>
      </p>
      <div className={board.single}>
        {column?.cards.map((card) => (
          <BoardCard key={card.id} card={card} {...{ search, picking, openId }} />
        ))}
      </div>
      <Pager page={view.page} pages={view.pages} href={(page) => stageUrl(stage, view.search, page)} />
    </div>
  );
}

/** The lead's page with the refused move's form open, where it has one. */
function leadAfterRefusal(leadId: string, to: string): string {
  return to === ""
    ? paths.staff.lead(leadId)
    : `${paths.staff.lead(leadId)}?move=${encodeURIComponent(to)}#actions`;
}
