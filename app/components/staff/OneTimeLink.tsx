import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { formatInstant } from "~/i18n/format-date";
import styles from "./people.module.css";

/** An enrolment link, shown in the answer to the form that made it and nowhere else. */
export function OneTimeLink({ link }: { link: { link: string; expiresAt: Date; name: string } }) {
  const { t } = useTranslation("staff");
  const box = useRef<HTMLElement>(null);
  // The form that asked may be far down the page; what is shown once must not be missed.
  useEffect(() => box.current?.focus(), [link.link]);
  return (
    <section ref={box} className={styles.link} role="status" tabIndex={-1}>
      <h2>{t("people.linkTitle")}</h2>
      <p>{t("people.linkHint", { name: link.name, at: formatInstant(link.expiresAt) })}</p>
      <input
        className={styles.linkText}
        readOnly
        value={link.link}
        aria-label={t("people.linkTitle")}
        onFocus={(event) => event.currentTarget.select()}
      />
    </section>
  );
}
