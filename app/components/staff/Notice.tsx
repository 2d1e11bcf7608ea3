import type { ReactNode } from "react";
import styles from "./controls.module.css";

/** What was just done, said once, to those who see the page and those who hear it. */
export function Notice({ children }: { children: ReactNode }) {
  return (
    <p className={styles.notice} role="status">
      {children}
    </p>
  );
}
