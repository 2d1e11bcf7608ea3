import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import controls from "../controls.module.css";
import styles from "./account.module.css";

/** How many of the 24 words are asked for again. */
const ASKED = 3;

/**
 * A recovery code, shown once: copied down or printed, then checked by three of its words. The fields have no names
 * and the form is never sent, so that no word leaves the page.
 */
export function RecoveryWords({
  words,
  owner,
  fresh,
  onChecked,
}: {
  words: readonly string[];
  /** Whose it is, for the printed sheet. */
  owner: string;
  /** Whether it belongs to a key just made, or replaces a code of a key there is. */
  fresh: boolean;
  onChecked: () => void;
}) {
  const { t } = useTranslation("staff");
  const [checking, setChecking] = useState(false);
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), [checking]);
  if (checking) {
    return (
      <>
        <h3 ref={head} tabIndex={-1}>
          {t(fresh ? "account.words.checkTitle" : "account.words.newCheckTitle")}
        </h3>
        <CheckWords words={words} onChecked={onChecked} onBack={() => setChecking(false)} />
      </>
    );
  }
  return (
    <>
      <h3 ref={head} tabIndex={-1} className={styles.screenOnly}>
        {t(fresh ? "account.words.title" : "account.words.newTitle")}
      </h3>
      <p className={styles.screenOnly}>{t("account.words.lead")}</p>
      <div className={styles.sheet}>
        <p className={styles.printOnly}>
          <strong>{t("account.words.printTitle")}</strong> · {t("account.words.printOwner", { name: owner })}
        </p>
        <ol className={styles.words} translate="no" lang="en">
          {words.map((word, at) => (
            <li key={at}>{word}</li>
          ))}
        </ol>
        <p className={styles.printOnly}>{t("account.words.printKeep")}</p>
      </div>
      <p className={`${controls.buttons} ${styles.screenOnly}`}>
        <button type="button" className={controls.button} onClick={() => setChecking(true)}>
          {t("account.words.written")}
        </button>
        <button type="button" className={controls.button} data-kind="plain" onClick={() => window.print()}>
          {t("account.words.print")}
        </button>
      </p>
    </>
  );
}

function CheckWords({
  words,
  onChecked,
  onBack,
}: {
  words: readonly string[];
  onChecked: () => void;
  onBack: () => void;
}) {
  const { t } = useTranslation("staff");
  const [asked] = useState(() => drawPositions(words.length));
  const [typed, setTyped] = useState<readonly string[]>(asked.map(() => ""));
  const [wrong, setWrong] = useState<readonly number[]>([]);
  const fields = useRef<(HTMLInputElement | null)[]>([]);
  const check = () => {
    const faults = asked.flatMap((position, at) => (plain(typed[at]) === words[position] ? [] : [at]));
    setWrong(faults);
    if (faults.length === 0) return onChecked();
    fields.current[faults[0] ?? 0]?.focus();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        check();
      }}
    >
      <p>{t("account.words.checkLead")}</p>
      <div className={styles.asked}>
        {asked.map((position, at) => {
          const id = `word-${String(position)}`;
          const faulty = wrong.includes(at);
          return (
            <div key={position} className={controls.field} data-invalid={faulty ? "true" : undefined}>
              <label htmlFor={id}>{t("account.words.word", { number: position + 1 })}</label>
              {faulty && (
                <p id={`${id}-error`} className={controls.error}>
                  <span className="visually-hidden">{t("forms.errorPrefix")}</span>
                  {t("account.words.wrong")}
                </p>
              )}
              <input
                ref={(element) => {
                  fields.current[at] = element;
                }}
                id={id}
                type="text"
                className={controls.input}
                value={typed[at]}
                onChange={({ currentTarget: { value } }) =>
                  setTyped(typed.map((one, place) => (place === at ? value : one)))
                }
                autoComplete="off"
                autoCapitalize="none"
                autoCorrect="off"
                spellCheck={false}
                aria-invalid={faulty || undefined}
                aria-describedby={faulty ? `${id}-error` : undefined}
              />
            </div>
          );
        })}
      </div>
      <p className={controls.buttons}>
        <button type="submit" className={controls.button}>
          {t("account.words.check")}
        </button>
        <button type="button" className={controls.button} data-kind="quiet" onClick={onBack}>
          {t("account.words.again")}
        </button>
      </p>
    </form>
  );
}

function plain(typed: string | undefined): string {
  return (typed ?? "").normalize("NFKC").trim().toLowerCase();
}

/** Three different places in the code, in order. */
function drawPositions(count: number): number[] {
  const drawn = new Set<number>();
  while (drawn.size < ASKED) {
    const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
    drawn.add(random % count);
  }
  return [...drawn].sort((a, b) => a - b);
}
