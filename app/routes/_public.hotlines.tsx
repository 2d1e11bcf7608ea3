import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import css from "~/components/citizen/Home.module.css";
import { Notice } from "~/components/citizen/Notice";
import type { CitizenHandle } from "~/components/PageTitle";
import { chooseLanguage } from "~/i18n/choose-language";
import { detectLocale } from "~/i18n/locale";
import { chinaDay } from "~server/clock";
import { listHotlines } from "~server/packs/list-hotlines";

export const handle: CitizenHandle = { title: (t) => t("information.hotlines.title") };

export function loader({ request, context }: LoaderFunctionArgs) {
  const { pack } = context.portal.pack;
  const language = chooseLanguage(detectLocale(request));
  return {
    hotlines: listHotlines(pack, chinaDay(context.portal.clock.now()), language),
    channels: pack.channels
      .filter(({ id }) => id !== "hotlines")
      .map(({ id, name }) => ({ id, name: name[language] })),
  };
}

export default function Hotlines() {
  const { t } = useTranslation();
  const { hotlines, channels } = useLoaderData<typeof loader>();
  const fictitious = hotlines.some((hotline) => hotline.fictitious);
  return (
    <>
      <h1>{t("information.hotlines.title")}</h1>
      <p>{t("information.hotlines.lead")}</p>
      {fictitious ? (
        <Notice kind="warning">
          <p>{t("information.hotlines.fictitious")}</p>
        </Notice>
      ) : null}
      {hotlines.length === 0 ? (
        <p>{t("information.hotlines.none")}</p>
      ) : (
        <ul className={css.hotlines}>
          {hotlines.map(({ agency, number, hours, fictitious: invented }) => (
            <li key={number}>
              <span>
                {agency}
                <small className={css.hours}>{hours}</small>
              </span>
              <span className={css.number}>
                {invented ? number : <a href={`tel:${number.replace(/-/g, "")}`}>{number}</a>}
              </span>
            </li>
          ))}
        </ul>
      )}
      {channels.length === 0 ? null : (
        <>
          <h2>{t("information.hotlines.channels")}</h2>
          <ul>
            {channels.map(({ id, name }) => (
              <li key={id}>{name}</li>
            ))}
          </ul>
        </>
      )}
      <p>{t("information.hotlines.urgent")}</p>
    </>
  );
}
