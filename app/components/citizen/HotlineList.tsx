import { useTranslation } from "react-i18next";
import css from "./Home.module.css";

/** Telephone lines in short, as the home page lists them. */
export function HotlineList({
  hotlines,
}: {
  hotlines: readonly { readonly number: string; readonly agency: string; readonly fictitious: boolean }[];
}) {
  const { t } = useTranslation();
  return (
    <ul className={css.hotlines}>
      {hotlines.map(({ number, agency, fictitious }) => (
        <li key={number}>
          <span>{agency}</span>
          <span className={css.number}>
            {number}
            {fictitious ? <small> {t("home.hotlines.fictitious")}</small> : null}
          </span>
        </li>
      ))}
    </ul>
  );
}
