import type { ReactNode } from "react";
import css from "./Notice.module.css";

/** A boxed paragraph that a reader should not miss. `warning` is amber, `plain` quiet. */
export function Notice({
  title,
  kind = "plain",
  children,
}: {
  title?: string;
  kind?: "plain" | "warning" | "done";
  children: ReactNode;
}) {
  return (
    <div className={`${css.notice} ${css[kind]}`}>
      {title === undefined ? null : <p className={css.title}>{title}</p>}
      {children}
    </div>
  );
}
