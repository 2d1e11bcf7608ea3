import { memo, useDeferredValue, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import { searchNarratives } from "~/staff-client/keys/ask-desk";
import type { Hit, OpenedNarrative } from "~/staff-client/keys/desk-messages";
import { useNarratives } from "~/staff-client/keys/use-narratives";
import type { Span } from "~/staff-client/text/fold-text";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { ProgressBar } from "./ProgressBar";
import sealed from "../sealed.module.css";
import controls from "./controls.module.css";
import styles from "./narratives.module.css";

/** Drawn at a time: a page of 500 long texts at once would hold the browser up. */
const SHOWN_AT_ONCE = 30;
const TYPING_MS = 200;
const NO_SPANS: readonly Span[] = [];

/** A page of narratives: opening with progress, then searching and near-duplicates, all in this browser. */
export function Narratives(view: { id: string; page: number; here: number; batches: number }) {
  const { t } = useTranslation("staff");
  const state = useNarratives({ leadId: view.id, page: view.page, batches: view.batches });
  const [typed, setTyped] = useState("");
  const [likeOnly, setLikeOnly] = useState(false);
  const [limit, setLimit] = useState(SHOWN_AT_ONCE);
  const found = useFound(typed, state.narratives.length, state.keyring);
  const hits = found?.hits ?? null;
  const rows = useMemo(
    () => chosen(state.narratives, { hits, likeOnly, likenesses: state.likenesses }),
    [state.narratives, state.likenesses, hits, likeOnly],
  );
  const opened = state.narratives.filter(({ result }) => result.state === "open").length;
  return (
    <section aria-label={t("narratives.title")} data-phase={state.phase} data-opened={opened}>
      <Progress {...state} opened={opened} total={view.here} />
      {opened > 0 && (
        <div className={controls.filters}>
          <div className={controls.field}>
            <label htmlFor="narratives-words">{t("narratives.search")}</label>
            <input
              id="narratives-words"
              type="search"
              className={controls.input}
              autoComplete="off"
              maxLength={100}
              aria-describedby="narratives-hint"
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setLimit(SHOWN_AT_ONCE);
              }}
            />
          </div>
          {state.likenesses.size > 0 && (
            <div className={controls.check}>
              <input
                id="narratives-like"
                type="checkbox"
                checked={likeOnly}
                onChange={(event) => {
                  setLikeOnly(event.target.checked);
                  setLimit(SHOWN_AT_ONCE);
                }}
              />
              <label htmlFor="narratives-like">{t("narratives.likeOnly")}</label>
            </div>
          )}
          <p id="narratives-hint" className={`${controls.hint} ${styles.hint}`}>
            {t("narratives.searchHint")}{" "}
            {state.phase === "done" &&
              (state.likenesses.size === 0
                ? t("narratives.likeNone")
                : t("narratives.likeCount", { count: state.likenesses.size })) +
                t("narratives.likeStop") +
                t("narratives.likeScope", { count: view.here })}
          </p>
        </div>
      )}
      <p role="status" className={styles.found}>
        {found !== null &&
          (rows.length === 0
            ? t("narratives.foundNone", { words: found.words })
            : t("narratives.found", { count: rows.length, words: found.words }))}
      </p>
      <ol className={styles.list}>
        {rows.slice(0, limit).map(({ narrative, spans }) => (
          <Narrative
            key={narrative.id}
            narrative={narrative}
            spans={spans}
            like={state.likenesses.get(narrative.rank) ?? null}
          />
        ))}
      </ol>
      {rows.length > limit && (
        <p className={styles.more}>
          <span className={controls.muted}>
            {t("narratives.shown", { shown: limit, count: rows.length })}
          </span>
          <button
            type="button"
            className={controls.button}
            data-kind="plain"
            onClick={() => setLimit(limit + SHOWN_AT_ONCE)}
          >
            {t("narratives.more", { count: Math.min(SHOWN_AT_ONCE, rows.length - limit) })}
          </button>
        </p>
      )}
    </section>
  );
}

function Progress({
  phase,
  narratives,
  opened,
  total,
  resume,
}: Pick<ReturnType<typeof useNarratives>, "phase" | "narratives" | "resume"> & {
  opened: number;
  total: number;
}) {
  const { t } = useTranslation("staff");
  const closed = narratives.length - opened;
  if (phase === "keys") return null;
  if (phase === "opening") {
    return (
      <ProgressBar
        done={narratives.length}
        of={total}
        label={t("narratives.opening", { opened: narratives.length, total })}
      />
    );
  }
  if (phase === "interrupted") {
    return (
      <p className={styles.more} role="status">
        {t("narratives.interrupted", { left: total - narratives.length })}
        <button type="button" className={controls.button} data-kind="plain" onClick={resume}>
          {t("narratives.goOn")}
        </button>
      </p>
    );
  }
  return (
    <p className={controls.muted} role="status">
      {t("narratives.opened", { opened })}
      {closed > 0 && `${t("narratives.comma")}${t("narratives.closed", { count: closed })}`}
      {phase === "comparing" && ` ${t("narratives.comparing")}`}
    </p>
  );
}

type Found = { readonly words: string; readonly hits: ReadonlyMap<string, Hit> };

/** Where the words stand, asked of the worker after typing rests; null while nothing is sought. */
function useFound(typed: string, count: number, keyring: OpenKeyring | null): Found | null {
  const words = useDeferredValue(typed.trim());
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    if (words === "" || keyring === null) return;
    let wanted = true;
    const timer = setTimeout(() => {
      searchNarratives(words, keyring).then(
        (hits) => {
          if (wanted) setFound({ words, hits: new Map(hits.map((hit) => [hit.id, hit])) });
        },
        () => undefined,
      );
    }, TYPING_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [words, count, keyring]);
  return words === "" || keyring === null ? null : found;
}

type Row = { readonly narrative: OpenedNarrative; readonly spans: readonly Span[] };

function chosen(
  narratives: readonly OpenedNarrative[],
  by: {
    hits: ReadonlyMap<string, Hit> | null;
    likeOnly: boolean;
    likenesses: ReadonlyMap<number, number>;
  },
): Row[] {
  const found = narratives.flatMap((narrative): Row[] => {
    if (by.hits === null) return [{ narrative, spans: NO_SPANS }];
    const hit = by.hits.get(narrative.id);
    return hit === undefined ? [] : [{ narrative, spans: hit.spans }];
  });
  if (!by.likeOnly) return found;
  const firstOf = (rank: number) => {
    let first = rank;
    for (let like = by.likenesses.get(first); like !== undefined; like = by.likenesses.get(first))
      first = like;
    return first;
  };
  const grouped = new Set([...by.likenesses].flatMap(([rank, like]) => [rank, like]));
  return found
    .filter(({ narrative }) => grouped.has(narrative.rank))
    .sort(
      (a, b) => firstOf(a.narrative.rank) - firstOf(b.narrative.rank) || a.narrative.rank - b.narrative.rank,
    );
}

const Narrative = memo(function Narrative({
  narrative,
  spans,
  like,
}: {
  narrative: OpenedNarrative;
  spans: readonly Span[];
  like: number | null;
}) {
  const { t } = useTranslation("staff");
  const { result } = narrative;
  return (
    <li className={styles.one}>
      <h2 className={styles.head}>
        {t("narratives.one", { rank: narrative.rank })}
        <span className={controls.muted}>{formatDay(narrative.arrivedOn)}</span>
        {like !== null && (
          <span className={controls.tag} data-tone="waiting">
            {t("narratives.like", { rank: like })}
          </span>
        )}
      </h2>
      {result.state === "open" ? (
        <div className={sealed.open}>
          <Marked text={result.text} spans={spans} />
        </div>
      ) : (
        <p className={sealed.closed} data-state={result.state}>
          {t(`lead.sealed.${result.state}`)}
        </p>
      )}
    </li>
  );
});

function Marked({ text, spans }: { text: string; spans: readonly Span[] }) {
  if (spans.length === 0) return <>{text}</>;
  return (
    <>
      {spans.map(({ from, to }, at) => (
        <span key={from}>
          {text.slice(spans[at - 1]?.to ?? 0, from)}
          <mark>{text.slice(from, to)}</mark>
        </span>
      ))}
      {text.slice(spans.at(-1)?.to ?? 0)}
    </>
  );
}
