import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import type { NotOpen } from "~server/intake/require-open.server";
import actions from "./Actions.module.css";
import { HotlineList } from "./HotlineList";
import { Notice } from "./Notice";

/** Instead of the report form while the office has no keys: why, and where to turn meanwhile. */
export function NotOpenPage({ kept, hotlines }: NotOpen) {
  const { t } = useTranslation();
  return (
    <>
      <h1>{t("notOpen.title")}</h1>
      <p>{t("notOpen.body")}</p>
      {kept ? (
        <Notice>
          <p>{t("notOpen.kept")}</p>
        </Notice>
      ) : null}
      <h2>{t("notOpen.meanwhile")}</h2>
      <p>{t("notOpen.call")}</p>
      <HotlineList hotlines={hotlines.slice(0, 4)} />
      <p className={actions.row}>
        <a href={paths.hotlines()} className={actions.primary}>
          {t("notOpen.hotlines")}
        </a>
        <a href={paths.home()} className={actions.secondary}>
          {t("error.home")}
        </a>
      </p>
    </>
  );
}

export function isNotOpen(value: unknown): value is NotOpen {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "not_open";
}
