import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { tipReference } from "~/forms/tip-reference";
import { staffIdentities } from "~/i18n/zh-CN/staff-identities";
import type { Identity } from "~/staff-client/keys/identity";
import controls from "./controls.module.css";
import styles from "./identity.module.css";

function isIdKind(kind: string | null): kind is keyof typeof staffIdentities.idKinds {
  return kind !== null && Object.hasOwn(staffIdentities.idKinds, kind);
}

/** How long an identity stays on the screen at most. */
const SHOWN_MINUTES = 5;

/** An identity just opened, on this screen alone, until it is closed or five minutes are over. */
export function IdentityShown({
  tipId,
  identity,
  onClose,
}: {
  tipId: string;
  identity: Identity;
  onClose: () => void;
}) {
  const { t } = useTranslation("staff");
  const box = useRef<HTMLElement>(null);
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  useEffect(() => {
    box.current?.focus();
    const timer = setTimeout(() => close.current(), SHOWN_MINUTES * 60_000);
    return () => clearTimeout(timer);
  }, []);
  const rows = [
    ["name", t("identities.shownName")],
    ["idNumber", t(`identities.idKinds.${isIdKind(identity.idKind) ? identity.idKind : "other"}`)],
    ["phone", t("identities.shownPhone")],
    ["email", t("identities.shownEmail")],
  ] as const;
  return (
    <section ref={box} className={styles.shown} tabIndex={-1} aria-labelledby="shown-title">
      <h2 id="shown-title">{t("identities.shownTitle", { reference: tipReference(tipId) })}</h2>
      <p className={styles.warning}>{t("identities.shownWarning")}</p>
      <dl className={styles.identity}>
        {rows.map(([field, label]) => (
          <div key={field}>
            <dt>{label}</dt>
            <dd data-field={field}>{identity[field] ?? t("identities.shownNone")}</dd>
          </div>
        ))}
      </dl>
      <p className={`${controls.buttons} ${styles.last}`}>
        <button type="button" className={controls.button} onClick={onClose}>
          {t("identities.shownClose")}
        </button>
        <span className={controls.muted}>{t("identities.shownLeft", { minutes: SHOWN_MINUTES })}</span>
      </p>
    </section>
  );
}
