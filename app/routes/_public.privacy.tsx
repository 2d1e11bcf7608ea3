import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { Notice } from "~/components/citizen/Notice";
import prose from "~/components/citizen/Prose.module.css";
import type { CitizenHandle } from "~/components/PageTitle";

export const handle: CitizenHandle = { title: (t) => t("information.privacy.title") };

export default function Privacy() {
  const { t } = useTranslation();
  return (
    <div className={prose.prose}>
      <h1>{t("information.privacy.title")}</h1>
      <p>{t("information.privacy.lead")}</p>
      <h2 id="today">{t("information.privacy.today.title")}</h2>
      <Notice kind="warning">
        <p>{t("information.privacy.today.body")}</p>
      </Notice>
      <h2 id="never">{t("information.privacy.never.title")}</h2>
      <ul>
        {(["ip", "agent", "third", "time", "wal"] as const).map((key) => (
          <li key={key}>{t(`information.privacy.never.${key}`)}</li>
        ))}
      </ul>
      <h2 id="stored">{t("information.privacy.stored.title")}</h2>
      <ul>
        {(["plain", "sealed", "draft", "files"] as const).map((key) => (
          <li key={key}>{t(`information.privacy.stored.${key}`)}</li>
        ))}
      </ul>
      <h2 id="receipt">{t("information.privacy.receipt.title")}</h2>
      <p>{t("information.privacy.receipt.body")}</p>
      <h2 id="cookies">{t("information.privacy.cookies.title")}</h2>
      <ul>
        {(["draft", "lang", "elder", "none"] as const).map((key) => (
          <li key={key}>{t(`information.privacy.cookies.${key}`)}</li>
        ))}
      </ul>
      {(["exit", "tor"] as const).map((key) => (
        <Fragment key={key}>
          <h2 id={key}>{t(`information.privacy.${key}.title`)}</h2>
          <p>{t(`information.privacy.${key}.body`)}</p>
        </Fragment>
      ))}
    </div>
  );
}
