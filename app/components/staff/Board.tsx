import { Link } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import { BoardCard, type CardView } from "./BoardCard";
import type { Stage } from "~server/triage/stages";
import styles from "./board.module.css";

export type ColumnView = {
  readonly stage: Stage;
  readonly count: number;
  readonly cards: readonly CardView[];
};

/** Stages beside the line of work. */
const BESIDE: readonly Stage[] = ["disputed", "rejected", "returned"];

/** Every stage with its count and first cards, scrolling within itself; on a phone, stages one under another. */
export function Board({
  columns,
  today,
  search,
  filtered,
}: {
  columns: readonly ColumnView[];
  today: string;
  search: string;
  filtered: boolean;
}) {
  const { t } = useTranslation("staff");
  const region = useRef<HTMLDivElement>(null);
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
        {columns.map(({ stage, count }) => (
          <a key={stage} href={`#stage-${stage}`}>
            {t(`stages.${stage}`)} {count}
          </a>
        ))}
      </nav>
      <div ref={region} className={styles.region} role="region" aria-label={t("board.region")} tabIndex={0}>
        {columns.map((column) => (
          <Column key={column.stage} column={column} today={today} search={search} filtered={filtered} />
        ))}
      </div>
    </>
  );
}

function Column({
  column,
  today,
  search,
  filtered,
}: {
  column: ColumnView;
  today: string;
  search: string;
  filtered: boolean;
}) {
  const { t } = useTranslation("staff");
  const { stage, count, cards } = column;
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
        <span className={styles.count}>{count}</span>
      </summary>
      <div className={styles.cards}>
        {cards.map((card) => (
          <BoardCard key={card.id} card={card} today={today} search={search} />
        ))}
        {count === 0 && (
          <p className={styles.empty}>{t(filtered ? "board.columnNoMatch" : `board.empty.${stage}`)}</p>
        )}
        {count > cards.length && (
          <Link className={styles.all} to={stageUrl(stage, search)}>
            {t("board.all", { count })}
          </Link>
        )}
      </div>
    </details>
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
