import { Form, Link } from "@remix-run/react";
import { useRef } from "react";
import { useDrag } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import type { DaysToGo } from "~server/clocks/due-day";
import type { PlaceView } from "~server/triage/present-lead.server";
import type { ClosureCode, MoveNeed, Stage } from "~server/triage/stages";
import { Clock } from "./Clock";
import { SubmitButton } from "./SubmitButton";
import { LEAD_DRAG, moveUrl, panelUrl } from "./board-links";
import { UnreadMarks } from "./messages/UnreadMarks";
import styles from "./board.module.css";
import controls from "./controls.module.css";

export type CardView = {
  readonly id: string;
  readonly number: number;
  readonly version: number;
  readonly name: string;
  readonly isMajor: boolean;
  readonly sector: string | null;
  readonly place: PlaceView | null;
  /** Whose plan, where that is not the portal's own. */
  readonly plan?: string | null;
  readonly tipCount: number;
  readonly toGo: DaysToGo | null;
  readonly closureCode: ClosureCode | null;
  readonly unread: number;
  readonly wishes: number;
  readonly assignee: { readonly id: string; readonly name: string } | null;
  readonly moves: readonly { readonly to: Stage; readonly needs: readonly MoveNeed[] }[];
};

export type Dragged = Pick<CardView, "id" | "version" | "moves">;

/** The form that acts on all chosen cards: their boxes name it. */
export const PICK_FORM = "pick-form";

/** Three lines: subject; sector and place; clock and number of reports. Then where it may go. */
export function BoardCard({
  card,
  search,
  picking = false,
  openId = null,
  onDrag = null,
}: {
  card: CardView;
  search: string;
  picking?: boolean;
  openId?: string | null;
  onDrag?: ((card: Dragged | null) => void) | null;
}) {
  const { t } = useTranslation("staff");
  return (
    <article
      className={styles.card}
      data-card={card.id}
      data-major={card.isMajor || undefined}
      data-open={openId === card.id || undefined}
    >
      <h3 className={styles.subject}>
        {picking && (
          <input
            type="checkbox"
            className={styles.pick}
            form={PICK_FORM}
            name="pick"
            value={`${card.id}:${card.version}`}
            aria-label={t("board.pick", { number: card.number, name: card.name })}
          />
        )}
        {card.isMajor && (
          <span className={controls.tag} data-tone="major">
            {t("major")}
          </span>
        )}
        <Link to={paths.staff.lead(card.id)} data-lead-link="">
          {card.name}
        </Link>
      </h3>
      <UnreadMarks {...card} />
      <p className={styles.where}>
        <span className={styles.sector} title={card.sector ?? undefined}>
          {card.sector ?? t("unknownSector")}
        </span>
        <span className={styles.place}>{placeText(card.place, t)}</span>
      </p>
      {card.plan && <p className={styles.line}>{card.plan}</p>}
      <p className={styles.line}>
        <span>
          <Clock toGo={card.toGo} />
          {card.closureCode !== null && t("board.closedAs", { closure: t(`closures.${card.closureCode}`) })}
        </span>
        <span className={styles.reporters}>{t("board.reporters", { count: card.tipCount })}</span>
      </p>
      {card.assignee !== null && (
        <p className={styles.line}>{t("board.assignedTo", { name: card.assignee.name })}</p>
      )}
      <div className={styles.foot}>
        <Link
          className={styles.peek}
          to={panelUrl(search, card.id)}
          preventScrollReset
          data-panel-link=""
          aria-label={t("board.peekAt", { name: card.name })}
        >
          {t("board.peek")}
        </Link>
        {onDrag !== null && card.moves.length > 0 && <DragHandle card={card} onDrag={onDrag} />}
        {card.moves.length > 0 && <MoveMenu card={card} search={search} />}
      </div>
    </article>
  );
}

/** Takes the card by pointer or, with Enter, by keyboard: the columns it may go to are then walked with Tab. */
function DragHandle({ card, onDrag }: { card: CardView; onDrag: (card: Dragged | null) => void }) {
  const { t } = useTranslation("staff");
  const handle = useRef<HTMLButtonElement>(null);
  const { dragProps, isDragging } = useDrag({
    getItems: () => [{ [LEAD_DRAG]: card.id, "text/plain": String(card.number) }],
    getAllowedDropOperations: () => ["move"],
    onDragStart: () => onDrag({ id: card.id, version: card.version, moves: card.moves }),
    onDragEnd: () => onDrag(null),
  });
  return (
    <button
      ref={handle}
      type="button"
      className={styles.drag}
      {...dragProps}
      data-dragging={isDragging || undefined}
      aria-label={t("board.drag", { name: card.name })}
      title={t("board.dragHint")}
    >
      ⠿
    </button>
  );
}

/** Moves that need nothing happen here; the others open their fields in the lead's panel or on its page. */
function MoveMenu({ card, search }: { card: CardView; search: string }) {
  const { t } = useTranslation("staff");
  return (
    <details className={styles.menu} data-move-menu="">
      <summary aria-label={`${t("board.move")} ${card.name}`}>{t("board.move")}</summary>
      <ul>
        {card.moves.map((move) => {
          const { to, needs } = move;
          const url = moveUrl(card.id, move, search);
          return (
            <li key={to}>
              {url !== null ? (
                <Link to={url}>
                  {needs.includes("route")
                    ? t("board.moveByRoute")
                    : t("board.moveWithForm", { verb: t(`lead.moveVerbs.${to}`) })}
                </Link>
              ) : (
                <Form method="post" action={`${paths.staff.board()}${search}`} preventScrollReset>
                  <input type="hidden" name="leadId" value={card.id} />
                  <input type="hidden" name="version" value={card.version} />
                  <input type="hidden" name="to" value={to} />
                  <SubmitButton kind="quiet">{t(`lead.moveVerbs.${to}`)}</SubmitButton>
                </Form>
              )}
            </li>
          );
        })}
      </ul>
    </details>
  );
}

type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

/** A place in words. */
export function placeText(place: PlaceView | null, t: StaffText): string {
  if (place === null || place.kind === "unknown") return t("unknownPlace");
  return place.kind === "named" ? place.name : t("online");
}
