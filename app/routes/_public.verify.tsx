import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import prose from "~/components/citizen/Prose.module.css";
import css from "~/components/citizen/Roots.module.css";
import type { CitizenHandle } from "~/components/PageTitle";
import { formatDay } from "~/i18n/format-day";
import { detectLocale } from "~/i18n/locale";
import { paths } from "~/paths";
import { listRoots, type DailyRoot } from "~server/audit/list-roots.server";
import { listLedgerRoots } from "~server/ledger/list-ledger-roots.server";
import { addDays, chinaDay } from "~server/clock";
import { REPORTER } from "~server/staff-auth/actor";

export const handle: CitizenHandle = { title: (t) => t("verify.title") };

const DAYS_SHOWN = 30;

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { db, clock } = context.portal;
  const locale = detectLocale(request);
  const count = new Intl.NumberFormat(locale);
  const present = ({ day, position, hash, added }: DailyRoot) => ({
    day,
    said: formatDay(day, locale),
    total: count.format(position),
    added: added === null ? null : count.format(added),
    groups: hash.match(/.{8}/g) ?? [],
  });
  const roots = await listRoots(db, { limit: DAYS_SHOWN }, REPORTER);
  const ledger = await listLedgerRoots(db, { limit: DAYS_SHOWN }, REPORTER);
  return {
    firstDay: formatDay(addDays(chinaDay(clock.now()), 1), locale),
    roots: roots.map(present),
    ledger: ledger.map(present),
  };
}

type ShownRoot = ReturnType<typeof useLoaderData<typeof loader>>["roots"][number];

function RootList({ roots }: { roots: readonly ShownRoot[] }) {
  const { t } = useTranslation();
  return (
    <ol className={css.roots}>
      {roots.map(({ day, said, total, added, groups }) => (
        <li key={day}>
          <p className={css.head}>
            <time dateTime={day}>{said}</time>
            <span className={css.count}>
              {added === null ? t("verify.list.total", { total }) : t("verify.list.added", { added, total })}
            </span>
          </p>
          <code className={css.hash}>
            {groups.map((group, at) => (
              <span key={at}>{group} </span>
            ))}
          </code>
        </li>
      ))}
    </ol>
  );
}

export default function Verify() {
  const { t } = useTranslation();
  const { firstDay, roots, ledger } = useLoaderData<typeof loader>();
  return (
    <div className={prose.prose}>
      <h1>{t("verify.title")}</h1>
      <p>{t("verify.lead")}</p>
      <h2>{t("verify.what.title")}</h2>
      <p>{t("verify.what.made")}</p>
      <p>{t("verify.what.breaks")}</p>
      <p>{t("verify.what.safe")}</p>
      <h2 id="roots">{t("verify.list.title", { count: roots.length === 0 ? DAYS_SHOWN : roots.length })}</h2>
      {roots.length === 0 ? <p>{t("verify.list.none", { day: firstDay })}</p> : <RootList roots={roots} />}
      <h2 id="ledger">{t("verify.ledger.title")}</h2>
      <p>{t("verify.ledger.lead")}</p>
      {ledger.length === 0 ? <p>{t("verify.ledger.none")}</p> : <RootList roots={ledger} />}
      <h2>{t("verify.how.title")}</h2>
      <ul>
        <li>{t("verify.how.keep")}</li>
        <li>
          <a href={paths.verifyText()}>{t("verify.how.file")}</a>
        </li>
        {(["compare", "differs", "many"] as const).map((key) => (
          <li key={key}>{t(`verify.how.${key}`)}</li>
        ))}
      </ul>
      <h2>{t("verify.limits.title")}</h2>
      <ul>
        <li>{t("verify.limits.can")}</li>
        <li>{t("verify.limits.cannot")}</li>
      </ul>
    </div>
  );
}
