import { Link } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { formatDay, formatInstant } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { EventView } from "~server/audit/present-event";
import type { DaysToGo } from "~server/clocks/due-day";
import type { Option } from "~server/packs/list-options";
import type { BoardFailure } from "~server/triage/act-on-board.server";
import type { LeadAssignments } from "~server/triage/list-assignments.server";
import type { ClosureCode, Stage } from "~server/triage/stages";
import { AssignForm } from "./AssignForm";
import { Clock } from "./Clock";
import { eventActor, eventSentence } from "./EventSentence";
import { MoveForms, type MoveView } from "./MoveForms";
import { panelUrl } from "./board-links";
import controls from "./controls.module.css";
import styles from "./board-tools.module.css";

export type PanelView = {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly version: number;
  readonly isMajor: boolean;
  readonly leadingOfficeOnly: boolean;
  readonly openedOn: string;
  readonly stage: Stage;
  readonly closureCode: ClosureCode | null;
  readonly sectors: readonly string[];
  readonly holders: readonly { readonly name: string; readonly relation: string }[];
  readonly toGo: DaysToGo | null;
  readonly tipCount: number;
  readonly moves: readonly MoveView[];
  readonly history: readonly EventView[];
  readonly assignments: LeadAssignments;
};

/** One lead beside the board: what it is, who works on it, what may be done with it. Its reports are on its page. */
export function LeadPanel({
  lead,
  agencies,
  search,
  asked,
  inTurn,
  failed,
}: {
  lead: PanelView;
  agencies: readonly Option[];
  search: string;
  asked: string | null;
  inTurn: boolean;
  failed: BoardFailure | null;
}) {
  const { t } = useTranslation("staff");
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    box.current?.focus();
  }, [lead.id]);
  const own = failed?.leadId === lead.id && failed.intent === "move" ? failed : null;
  const plain = lead.moves.filter(({ needs }) => !needs.includes("route"));
  const sectors = lead.sectors.length === 0 ? [t("unknownSector")] : lead.sectors;
  return (
    <aside ref={box} className={styles.panel} tabIndex={-1} aria-labelledby="panel-title" data-panel="">
      <p className={styles.panelTools}>
        <Link to={paths.staff.lead(lead.id)}>{t("panel.whole")}</Link>
        <Link to={panelUrl(search, null)} preventScrollReset data-panel-close="">
          {t("panel.close")}
        </Link>
      </p>
      <h2 id="panel-title" data-major={lead.isMajor || undefined}>
        {lead.name}
      </h2>
      <p className={styles.panelTags}>
        <span className={controls.tag} data-tone="stage">
          {t(`stages.${lead.stage}`)}
        </span>
        {lead.isMajor && (
          <span className={controls.tag} data-tone="major">
            {t("major")}
          </span>
        )}
        <Clock toGo={lead.toGo} />
      </p>
      <p className={controls.muted}>
        {t("lead.number", { number: lead.number })} · {sectors.join(t("separator"))} ·{" "}
        {t("lead.openedOn", { day: formatDay(lead.openedOn) })} ·{" "}
        {t("board.reporters", { count: lead.tipCount })}
        {lead.closureCode !== null &&
          ` · ${t("board.closedAs", { closure: t(`closures.${lead.closureCode}`) })}`}
      </p>
      {lead.leadingOfficeOnly && <p className={controls.muted}>{t("lead.restricted")}</p>}
      <p>
        {lead.holders.length === 0
          ? t("panel.noHolders")
          : lead.holders
              .map(({ name, relation }) => `${t(`relations.${relation as "lead"}`)} ${name}`)
              .join(t("separator"))}
      </p>
      <AssignForm
        leadId={lead.id}
        version={lead.version}
        assignments={lead.assignments}
        inTurn={inTurn}
        search={search}
        back="board"
      />
      {lead.moves.length > 0 && <h3>{t("lead.actions")}</h3>}
      {plain.length < lead.moves.length && (
        <p>
          <Link to={`${paths.staff.lead(lead.id)}#dispatch`}>{t("board.moveByRoute")}</Link>
        </p>
      )}
      <MoveForms
        moves={plain}
        version={lead.version}
        agencies={agencies}
        asked={asked}
        leadId={lead.id}
        failed={own === null ? null : { to: own.to, state: own.state, refusal: own.refusal }}
      />
      <h3>{t("lead.history")}</h3>
      <ol className={styles.panelHistory}>
        {lead.history.map((event) => (
          <li key={event.id}>
            {eventSentence(event, t)}{" "}
            <span className={controls.muted}>
              {event.at === null ? formatDay(event.day) : formatInstant(event.at)} · {eventActor(event, t)}
            </span>
          </li>
        ))}
      </ol>
    </aside>
  );
}
