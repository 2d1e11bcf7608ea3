import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "./sealed.module.css";

/** What the server says of a sealed value: its text, or why there is none to show. */
export type SealedText =
  | { readonly state: "open"; readonly text: string }
  | { readonly state: "not_yours" | "absent" | "unreadable" };

/** A sealed value, or one sentence on why this person sees none. `show` turns opened text into its display. */
export function Sealed({ view, show }: { view: SealedText; show?: (text: string) => ReactNode }) {
  const { t } = useTranslation("staff");
  if (view.state === "open") {
    return <div className={styles.open}>{show === undefined ? view.text : show(view.text)}</div>;
  }
  return (
    <p className={styles.closed} data-state={view.state}>
      {t(`lead.sealed.${view.state}`)}
    </p>
  );
}
