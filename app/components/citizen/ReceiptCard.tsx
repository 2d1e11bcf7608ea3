import { useTranslation } from "react-i18next";
import type { ReceiptSpellings } from "~server/secrecy/receipt";
import actions from "./Actions.module.css";
import css from "./ReceiptCard.module.css";

/** Three groups of four. */
function groupsOf(items: readonly string[]): readonly (readonly string[])[] {
  return [items.slice(0, 4), items.slice(4, 8), items.slice(8, 12)];
}

/** The receipt, large and grouped, in the spellings the reader can use. Copy and print need a script and hide without. */
export function ReceiptCard({ spellings, code }: { spellings: ReceiptSpellings; code: string }) {
  const { t, i18n } = useTranslation();
  const english = i18n.language === "en";
  const copied = english ? "receipt-words" : "receipt-hanzi";
  return (
    <section className={css.card} aria-labelledby="receipt-title">
      <h2 id="receipt-title" className={css.title}>
        {t("receipt.card.title")}
      </h2>
      {english ? (
        <Spelling id="receipt-words" label={t("receipt.card.words")} items={spellings.words} kind="words" />
      ) : null}
      <Spelling id="receipt-hanzi" label={t("receipt.card.hanzi")} items={spellings.hanzi} kind="hanzi" />
      <div className={css.row}>
        <Spelling
          id="receipt-numbers"
          label={t("receipt.card.numbers")}
          items={spellings.numbers}
          kind="numbers"
        />
        <img src={code} alt={t("receipt.card.qr")} width={132} height={132} className={css.code} />
      </div>
      <p className={css.note}>{t("receipt.card.either")}</p>
      <div className={`${css.tools} no-print`}>
        <strong className={css.screenshot}>{t("receipt.card.screenshot")}</strong>
        <button
          type="button"
          hidden
          data-needs-script
          data-copy={copied}
          data-copied={t("receipt.card.copied")}
          className={actions.secondary}
        >
          {t("receipt.card.copy")}
        </button>
        <button type="button" hidden data-needs-script data-print className={actions.secondary}>
          {t("receipt.card.print")}
        </button>
      </div>
    </section>
  );
}

function Spelling({
  id,
  label,
  items,
  kind,
}: {
  id: string;
  label: string;
  items: readonly string[];
  kind: "hanzi" | "words" | "numbers";
}) {
  return (
    <div className={css.spelling}>
      <p className={css.label}>{label}</p>
      <p
        id={id}
        className={`${css.items} ${css[kind]}`}
        lang={kind === "hanzi" ? "zh-CN" : "en"}
        translate="no"
      >
        {groupsOf(items).map((group, at) => (
          <span key={at} className={css.group}>
            {kind === "words"
              ? group.map((word, place) => <span key={place}>{`${word} `}</span>)
              : `${group.join(kind === "hanzi" ? "" : " ")} `}
          </span>
        ))}
      </p>
    </div>
  );
}
