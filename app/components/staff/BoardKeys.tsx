import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useScripted } from "./use-scripted";
import controls from "./controls.module.css";
import styles from "./board-tools.module.css";

const HELP = ["walk", "open", "page", "move", "pick", "search", "close", "help"] as const;

/** Fields, menus and dialogs keep their keys. */
const TAKES_KEYS = "input:not([type=checkbox]), textarea, select, [contenteditable], dialog";

/**
 * Single keys on the board. A key pressed in a field, with a modifier, or while an input method composes (`isComposing`,
 * or the code 229 some still send) is none of the board's.
 */
export function BoardKeys({ off }: { off: boolean }) {
  const { t } = useTranslation("staff");
  const dialog = useRef<HTMLDialogElement>(null);
  const scripted = useScripted();
  useEffect(() => {
    if (off) return;
    const press = (event: KeyboardEvent) => {
      if (event.isComposing || event.keyCode === 229) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const at = event.target instanceof Element ? event.target : null;
      if (at?.closest(TAKES_KEYS)) return;
      if (act(event.key, dialog.current)) event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [off]);
  if (!scripted || off) return null;
  return (
    <>
      <button
        type="button"
        className={controls.button}
        data-kind="quiet"
        onClick={() => dialog.current?.showModal()}
      >
        {t("boardKeys.button")}
      </button>
      <dialog ref={dialog} className={styles.keys} aria-labelledby="keys-title">
        <h2 id="keys-title">{t("boardKeys.title")}</h2>
        <dl>
          {HELP.map((key) => (
            <div key={key}>
              <dt>{t(`boardKeys.keys.${key}`)}</dt>
              <dd>{t(`boardKeys.does.${key}`)}</dd>
            </div>
          ))}
        </dl>
        <p className={controls.muted}>{t("boardKeys.off")}</p>
        <form method="dialog">
          <button type="submit" className={controls.button} data-kind="plain">
            {t("boardKeys.close")}
          </button>
        </form>
      </dialog>
    </>
  );
}

/** Whether the key was one of the board's. */
function act(key: string, dialog: HTMLDialogElement | null): boolean {
  const card = document.activeElement?.closest<HTMLElement>("[data-card]") ?? null;
  switch (key) {
    case "j":
    case "ArrowDown":
      return walk(card, 1, key === "j");
    case "k":
    case "ArrowUp":
      return walk(card, -1, key === "k");
    case "l":
    case "ArrowRight":
      return cross(card, 1);
    case "h":
    case "ArrowLeft":
      return cross(card, -1);
    case "o":
      return click(card, "[data-panel-link]");
    case "O":
      return click(card, "[data-lead-link]");
    case "x":
      return click(card, "input[name=pick]");
    case "m": {
      const menu = card?.querySelector<HTMLDetailsElement>("[data-move-menu]");
      if (!menu) return false;
      menu.open = true;
      menu.querySelector<HTMLElement>("li a, li button")?.focus();
      return true;
    }
    case "/": {
      const field = document.querySelector<HTMLElement>("[data-board-search]");
      field?.focus();
      return field !== null;
    }
    case "Escape": {
      const menu = document.activeElement?.closest<HTMLDetailsElement>("[data-move-menu][open]");
      if (menu) {
        menu.open = false;
        menu.querySelector<HTMLElement>("summary")?.focus();
        return true;
      }
      return click(document.body, "[data-panel-close]");
    }
    case "?":
      dialog?.showModal();
      return dialog !== null;
    default:
      return false;
  }
}

function focusCard(card: Element | null | undefined): boolean {
  const link = card?.querySelector<HTMLElement>("[data-lead-link]");
  link?.focus();
  link?.scrollIntoView({ block: "nearest", inline: "nearest" });
  return Boolean(link);
}

/** Arrows walk from a card only, so that without one they scroll as ever; letters begin with the first card. */
function walk(card: HTMLElement | null, by: 1 | -1, begins: boolean): boolean {
  const cards = [...document.querySelectorAll<HTMLElement>("[data-card]")].filter(
    (one) => one.offsetParent !== null,
  );
  if (card === null) return begins && focusCard(cards[0]);
  return focusCard(cards[cards.indexOf(card) + by]);
}

function cross(card: HTMLElement | null, by: 1 | -1): boolean {
  if (card === null) return false;
  const columns = [...document.querySelectorAll("details[id^=stage-]")].filter(
    (column) => column.querySelector("[data-card]") !== null,
  );
  const at = columns.findIndex((column) => column.contains(card));
  return at >= 0 && focusCard(columns[at + by]?.querySelector("[data-card]"));
}

function click(within: HTMLElement | null, selector: string): boolean {
  const found = within?.querySelector<HTMLElement>(selector);
  found?.click();
  return Boolean(found);
}
