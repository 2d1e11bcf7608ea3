import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import controls from "~/components/staff/controls.module.css";
import { paths } from "~/paths";
import type { ReceiptSpellings } from "~server/secrecy/receipt";
import styles from "./desk.module.css";

const rowsOf = (items: readonly string[]) => [items.slice(0, 4), items.slice(4, 8), items.slice(8, 12)];

/** The receipt, to be read out or printed. It is in this answer alone: the next page has forgotten it. */
export function DeskReceipt({ spellings, reference }: { spellings: ReceiptSpellings; reference: string }) {
  const { t } = useTranslation("staff");
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    title.current?.focus();
    window.scrollTo(0, 0);
  }, []);
  return (
    <section className={styles.done} aria-labelledby="desk-done">
      <h2 id="desk-done" ref={title} tabIndex={-1}>
        {t("desk.done.title")}
      </h2>
      <p className={controls.muted}>{t("desk.done.reference", { reference })}</p>
      <p className={`${styles.once} no-print`}>{t("desk.done.once")}</p>
      <div className={styles.slip}>
        <h3 className={styles.printOnly}>{t("desk.done.slip")}</h3>
        <p className="no-print">{t("desk.done.read")}</p>
        <ol className={styles.numbers} translate="no">
          {rowsOf(spellings.numbers).map((row, at) => (
            <li key={at} aria-label={t("desk.done.row", { n: at + 1 })}>
              {row.map((number) => (
                <span key={number + String(at)}>{number}</span>
              ))}
            </li>
          ))}
        </ol>
        <details className={styles.others} open>
          <summary>{t("desk.done.otherSpellings")}</summary>
          <dl>
            <dt>{t("desk.done.hanzi")}</dt>
            <dd translate="no" className={styles.hanzi}>
              {rowsOf(spellings.hanzi)
                .map((row) => row.join(""))
                .join(" ")}
            </dd>
            <dt>{t("desk.done.words")}</dt>
            <dd translate="no" lang="en">
              {spellings.words.join(" ")}
            </dd>
          </dl>
        </details>
        <p className={styles.printOnly}>{t("desk.done.slipUse")}</p>
      </div>
      <ReadBack numbers={spellings.numbers} />
      <p className="no-print">{t("desk.done.use")}</p>
      <div className={`${controls.buttons} no-print`}>
        <button type="button" className={controls.button} data-kind="plain" onClick={() => window.print()}>
          {t("desk.done.print")}
        </button>
        {/* A whole new page: nothing of this report stays behind. */}
        <a className={`${controls.button} ${styles.next}`} href={paths.staff.tips()}>
          {t("desk.done.next")}
        </a>
      </div>
    </section>
  );
}

/** The caller's own reading of the last row, compared here and sent nowhere. */
function ReadBack({ numbers }: { numbers: readonly string[] }) {
  const { t } = useTranslation("staff");
  const [typed, setTyped] = useState("");
  const digits = typed.normalize("NFKC").replace(/\D/g, "");
  const last = numbers.slice(8).join("");
  const said = digits.length < last.length ? null : digits === last ? "match" : "differs";
  return (
    <div className={`${controls.field} ${styles.back} no-print`}>
      <label htmlFor="readBack">{t("desk.done.back")}</label>
      <p id="readBack-hint" className={controls.hint}>
        {t("desk.done.backHint")}
      </p>
      <input
        id="readBack"
        className={controls.input}
        inputMode="numeric"
        autoComplete="off"
        aria-describedby="readBack-hint readBack-said"
        aria-invalid={said === "differs" || undefined}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <p id="readBack-said" role="status" className={styles.said} data-said={said ?? undefined}>
        {said === null ? "" : t(`desk.done.${said}`)}
      </p>
    </div>
  );
}
