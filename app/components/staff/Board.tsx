import { Link, useNavigate, useSubmit } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDrop } from "react-aria-components";
import { paths } from "~/paths";
import type { Stage } from "~server/triage/stages";
import { BoardCard, type CardView, type Dragged } from "./BoardCard";
import { LEAD_DRAG, moveUrl } from "./board-links";
import { useScripted } from "./use-scripted";
import styles from "./board.module.css";

export type ColumnView = {
  readonly stage: Stage;
  readonly count: number;
  /** Set where a filtered column holds more than was counted. */
  readonly more: boolean;
  readonly cards: readonly CardView[];
};

/** Stages beside the line of work. */
const BESIDE: readonly Stage[] = ["disputed", "rejected", "returned"];

export type BoardShown = {
  readonly search: string;
  readonly filtered: boolean;
  /** Whether cards carry a box for acts on many. */
  readonly picking: boolean;
  readonly openId: string | null;
  /** Soft limits by stage: a hint, never a lock. */
  readonly limits: Readonly<Record<string, number>>;
};

/** Every stage with its count and first cards, scrolling within itself; on a phone, stages one under another. */
export function Board({ columns, ...shown }: { columns: readonly ColumnView[] } & BoardShown) {
  const { t } = useTranslation("staff");
  const region = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<Dragged | null>(null);
  // Dragging needs script: the handles come with it.
  const scripted = useScripted();
  useEffect(() => {
    // A phone starts with what holds work; everything stays one tap away.
    if (!window.matchMedia("(max-width: 700px)").matches) return;
    for (const column of region.current?.querySelectorAll("details[data-count='0']") ?? []) {
      column.removeAttribute("open");
    }
  }, []);
  return (
    <>
      <nav className={styles.jump} aria-label={t("board.title")}>
        {columns.map(({ stage, count, more }) => (
          <a key={stage} href={`#stage-${stage}`}>
            {t(`stages.${stage}`)} {more ? t("board.manyMore", { count }) : count}
          </a>
        ))}
      </nav>
      <div ref={region} className={styles.region} role="region" aria-label={t("board.region")} tabIndex={0}>
        {columns.map((column) => (
          <Column
            key={column.stage}
            column={column}
            {...shown}
            dragged={dragged}
            onDrag={scripted ? setDragged : null}
          />
        ))}
      </div>
    </>
  );
}

function Column({
  column,
  dragged,
  onDrag,
  ...shown
}: {
  column: ColumnView;
  dragged: Dragged | null;
  onDrag: ((card: Dragged | null) => void) | null;
} & BoardShown) {
  const { t } = useTranslation("staff");
  const { stage, count, more, cards } = column;
  const limit = shown.limits[stage];
  return (
    <details
      open
      id={`stage-${stage}`}
      className={styles.column}
      data-beside={BESIDE.includes(stage) || undefined}
      data-count={count}
    >
      <summary className={styles.head}>
        <h2>{t(`stages.${stage}`)}</h2>
        {limit !== undefined && (
          <span className={styles.limit} data-over={count > limit || undefined}>
            {t(count > limit ? "board.limitOver" : "board.limit", { limit })}
          </span>
        )}
        <span className={styles.count}>{more ? t("board.manyMore", { count }) : count}</span>
      </summary>
      <DropPlace stage={stage} dragged={dragged} search={shown.search}>
        {cards.map((card) => (
          <BoardCard key={card.id} card={card} {...shown} onDrag={onDrag} />
        ))}
        {count === 0 && (
          <p className={styles.empty}>{t(shown.filtered ? "board.columnNoMatch" : `board.empty.${stage}`)}</p>
        )}
        {count > cards.length && (
          <Link className={styles.all} to={stageUrl(stage, shown.search)}>
            {more ? t("board.allOfMany", { count }) : t("board.all", { count })}
          </Link>
        )}
      </DropPlace>
    </details>
  );
}

/** Where a dragged card may be let go: a move that needs nothing is made, another opens its form. */
function DropPlace({
  stage,
  dragged,
  search,
  children,
}: {
  stage: Stage;
  dragged: Dragged | null;
  search: string;
  children: React.ReactNode;
}) {
  // The keyboard's way in: Tab walks from one such button to the next while a card is held.
  const place = useRef<HTMLButtonElement>(null);
  const submit = useSubmit();
  const navigate = useNavigate();
  const { t } = useTranslation("staff");
  const move = dragged?.moves.find(({ to }) => to === stage) ?? null;
  const { dropProps, isDropTarget, dropButtonProps } = useDrop({
    ref: place,
    hasDropButton: true,
    isDisabled: move === null,
    getDropOperation: (types) => (types.has(LEAD_DRAG) ? "move" : "cancel"),
    onDrop: () => {
      if (dragged === null || move === null) return;
      const url = moveUrl(dragged.id, move, search);
      if (url !== null) navigate(url);
      else {
        void submit(
          { leadId: dragged.id, version: String(dragged.version), to: stage },
          { method: "post", action: `${paths.staff.board()}${search}`, preventScrollReset: true },
        );
      }
    },
  });
  const { isDisabled: _off, onPress: _press, ...described } = dropButtonProps ?? {};
  return (
    <div
      className={styles.cards}
      {...dropProps}
      data-droppable={move !== null || undefined}
      data-target={isDropTarget || undefined}
    >
      {move !== null && (
        <button ref={place} type="button" className={styles.dropHere} {...described}>
          {t("board.dropHere", { stage: t(`stages.${stage}`) })}
        </button>
      )}
      {children}
    </div>
  );
}

/** One column alone, under the same filters. */
export function stageUrl(stage: Stage, search: string, page = 1): string {
  const params = new URLSearchParams(search);
  params.set("stage", stage);
  if (page > 1) params.set("page", String(page));
  else params.delete("page");
  return `${paths.staff.board()}?${params.toString()}`;
}
