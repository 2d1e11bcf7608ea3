import type { LoaderFunctionArgs } from "@remix-run/node";
import { Form, Link, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { TextField } from "~/components/staff/Field";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/dossier/dossier.module.css";
import { queryText } from "~/forms/query-text";
import { formatDay } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { listDossiers } from "~server/dossiers/list-dossiers.server";
import { scopeOf } from "~server/staff-auth/access-table";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({
  name: queryText(100),
  page: z.coerce.number().int().min(1).max(10_000).catch(1),
});

export const meta = () => pageTitle(staffZh.dossiers.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const found = await answerRefusals(
    listDossiers(context.portal.db, { fragment: asked.name, page: asked.page }, actor),
  );
  return { asked, ...found, seesAll: scopeOf("routes/staff.dossiers", actor.roles) === "portal" };
}

export default function Dossiers() {
  const { asked, dossiers, more, tooShort, seesAll } = useLoaderData<typeof loader>();
  const { t } = useTranslation("staff");
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("dossiers.title")}</h1>
      </div>
      <p className={controls.muted}>{t("dossiers.lead")}</p>
      <Form method="get" className={styles.search} key={asked.name}>
        <TextField
          form="search"
          name="name"
          label={t("dossiers.search")}
          hint={t("dossiers.searchHint")}
          value={asked.name}
          maxLength={100}
        />
        <div className={controls.buttons}>
          <SubmitButton>{t("dossiers.find")}</SubmitButton>
          {asked.name !== "" && <Link to={paths.staff.dossiers()}>{t("dossiers.all")}</Link>}
        </div>
      </Form>
      {dossiers.length === 0 ? (
        <p className={controls.empty}>
          {tooShort
            ? t("dossiers.tooShort")
            : asked.name !== ""
              ? t("dossiers.notFound", { fragment: asked.name })
              : t(seesAll ? "dossiers.empty" : "dossiers.emptyForBody")}
        </p>
      ) : (
        <ul className={styles.list}>
          {dossiers.map((dossier) => (
            <li key={dossier.id} className={styles.item}>
              <p className={styles.itemName}>
                <Link to={paths.staff.dossier(dossier.id)}>{dossier.name}</Link>
              </p>
              {dossier.aliases.length > 0 && (
                <p className={controls.muted}>
                  {t("dossiers.alsoKnownAs", { names: dossier.aliases.join(t("separator")) })}
                </p>
              )}
              <p className={styles.itemMeta}>
                {t("dossiers.openedSince", { day: formatDay(dossier.openedOn) })} · {t("dossiers.leads")}{" "}
                {t("dossiers.leadCount", { count: dossier.leadCount })} ·{" "}
                {dossier.openLead === null ? (
                  t("dossiers.noOpenLead")
                ) : (
                  <Link to={paths.staff.lead(dossier.openLead.id)}>
                    {t("dossiers.openLead", { number: dossier.openLead.number })}
                  </Link>
                )}
              </p>
            </li>
          ))}
        </ul>
      )}
      {(asked.page > 1 || more) && (
        <nav className={controls.pager} aria-label={t("dossiers.pager")}>
          {asked.page > 1 && (
            <Link to={paths.staff.dossierList(asked.name, asked.page - 1)}>{t("dossiers.previous")}</Link>
          )}
          <span>{t("dossiers.page", { page: asked.page })}</span>
          {more && <Link to={paths.staff.dossierList(asked.name, asked.page + 1)}>{t("dossiers.next")}</Link>}
        </nav>
      )}
    </>
  );
}
