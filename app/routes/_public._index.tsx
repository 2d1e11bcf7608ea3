import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { CitizenHandle } from "~/components/PageTitle";
import actions from "~/components/citizen/Actions.module.css";
import css from "~/components/citizen/Home.module.css";
import { HotlineList } from "~/components/citizen/HotlineList";
import { Notice } from "~/components/citizen/Notice";
import { chooseLanguage } from "~/i18n/choose-language";
import { detectLocale } from "~/i18n/locale";
import { paths } from "~/paths";
import { isOpen } from "~server/intake/require-open.server";
import { listHotlines } from "~server/packs/list-hotlines";
import { chinaDay } from "~server/clock";

export const handle: CitizenHandle = { title: (t) => t("home.title") };

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { pack } = context.portal.pack;
  const language = chooseLanguage(detectLocale(request));
  const sectors = pack.sectors
    .filter(({ id }) => id !== "unknown")
    .map(({ id, title, help, common }) => ({ id, title: title[language], help: help[language], common }));
  return {
    open: await isOpen(context.portal),
    campaign: pack.title[language],
    common: sectors.filter(({ common }) => common),
    others: sectors.filter(({ common }) => !common),
    hotlines: listHotlines(pack, chinaDay(context.portal.clock.now()), language).slice(0, 4),
  };
}

export default function Home() {
  const { t } = useTranslation();
  const { open, campaign, common, others, hotlines } = useLoaderData<typeof loader>();
  return (
    <>
      <p className={css.campaign}>{campaign}</p>
      <h1>{t("home.heading")}</h1>
      <p className={css.purpose}>{t("home.purpose")}</p>
      <div className={css.doors}>
        <a href={paths.report()} className={`${actions.primary} ${css.door}`}>
          {t("home.report")}
        </a>
        <a href={paths.status()} className={`${actions.secondary} ${css.door}`}>
          {t("home.status")}
        </a>
      </div>
      {open ? null : (
        <Notice kind="warning" title={t("notOpen.title")}>
          <p>{t("notOpen.short")}</p>
          <p>
            <a href={paths.hotlines()}>{t("notOpen.hotlines")}</a>
          </p>
        </Notice>
      )}
      <h2 className="visually-hidden">{t("home.promises.title")}</h2>
      <ul className={css.promises}>
        <Promised name="anonymous" href={`${paths.privacy()}#never`} />
        <Promised name="secret" href={`${paths.privacy()}#who`} />
        <Promised name="reward" href={paths.rewards()} />
      </ul>
      <h2>{t("home.sectors.title")}</h2>
      <p className={css.secondary}>{t("home.sectors.lead")}</p>
      <dl className={css.sectors}>
        {common.map(({ id, title, help }) => (
          <div key={id} className={css.sector}>
            <dt>{title}</dt>
            <dd>{help}</dd>
          </div>
        ))}
      </dl>
      <details className={css.others}>
        <summary>{t("home.sectors.others")}</summary>
        <dl className={css.sectors}>
          {others.map(({ id, title, help }) => (
            <div key={id} className={css.sector}>
              <dt>{title}</dt>
              <dd>{help}</dd>
            </div>
          ))}
        </dl>
      </details>
      {hotlines.length === 0 ? null : (
        <>
          <h2>{t("home.hotlines.title")}</h2>
          <HotlineList hotlines={hotlines} />
          <p className={css.more}>
            <a href={paths.hotlines()}>{t("home.hotlines.more")}</a>
          </p>
        </>
      )}
    </>
  );
}

function Promised({ name, href }: { name: "anonymous" | "secret" | "reward"; href: string }) {
  const { t } = useTranslation();
  return (
    <li className={css.promise}>
      <h3>{t(`home.promises.${name}.title`)}</h3>
      <p>{t(`home.promises.${name}.body`)}</p>
      <a href={href}>{t(`home.promises.${name}.proof`)}</a>
    </li>
  );
}
