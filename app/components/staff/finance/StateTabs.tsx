import { Link } from "@remix-run/react";
import styles from "./finance.module.css";

export type Tab = { readonly id: string; readonly label: string; readonly count: number };

/** The states of a list as links with their counts; the chosen one is in the URL. */
export function StateTabs({
  label,
  tabs,
  current,
  href,
}: {
  label: string;
  tabs: readonly Tab[];
  current: string;
  href: (id: string) => string;
}) {
  return (
    <nav aria-label={label}>
      <ul className={styles.tabs}>
        {tabs.map((tab) => (
          <li key={tab.id}>
            <Link to={href(tab.id)} aria-current={tab.id === current ? "page" : undefined}>
              {tab.label} <span>{tab.count}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
