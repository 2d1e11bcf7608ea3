import { useMatches } from "@remix-run/react";
import type { TFunction } from "i18next";
import { createContext, useContext } from "react";
import { useTranslation } from "react-i18next";

/** A citizen page says its title in `handle`: it depends on the reader's language. */
export type CitizenHandle = {
  readonly title?: (t: TFunction, params: Readonly<Record<string, string | undefined>>) => string;
  /** The page holds the form `question`: the header's buttons save what is typed before they act. */
  readonly question?: boolean;
  /** Those buttons then send its words alone: chosen files would be sent in vain. */
  readonly wordsOnly?: boolean;
};

/** The HTTP status of the page being rendered; 200 in a browser, where no citizen page is rendered. */
export const ResponseStatus = createContext(200);

/** The method of the citizen's request being answered; GET on the staff side, which a browser renders too. */
export const AnsweredMethod = createContext("GET");

export function useCitizenHandle(): CitizenHandle {
  return useMatches().at(-1)?.handle ?? {};
}

/** `错误：您要举报谁？ · 金融风险举报平台`, so that a screen reader hears of an error first. */
export function PageTitle() {
  const { t } = useTranslation();
  const status = useContext(ResponseStatus);
  const params = useMatches().at(-1)?.params ?? {};
  const own = useCitizenHandle().title?.(t, params) ?? t("site.name");
  const title =
    status === 503
      ? t("notOpen.title")
      : status >= 500
        ? t("error.title")
        : status === 404
          ? t("error.notFoundTitle")
          : status === 413
            ? t("error.tooLongTitle")
            : status === 400
              ? `${t("error.prefix")}${own}`
              : own;
  return <title>{`${title} · ${t("site.short")}`}</title>;
}
