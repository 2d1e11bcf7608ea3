import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { LeadHistory } from "~/components/staff/LeadAside";
import { Notice } from "~/components/staff/Notice";
import { pageTitle } from "~/components/staff/page-title";
import { DossierFields } from "~/components/staff/dossier/DossierFields";
import { DossierMerges, DossierSuggestions } from "~/components/staff/dossier/DossierMerges";
import { DossierNames } from "~/components/staff/dossier/DossierNames";
import { DossierClasses, DossierLeads, DossierLinks } from "~/components/staff/dossier/DossierRecord";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/dossier/dossier.module.css";
import { formatDay } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { actOnDossier } from "~server/dossiers/act-on-dossier.server";
import { presentDossier } from "~server/dossiers/present-dossier.server";
import { readDossier } from "~server/dossiers/read-dossier.server";
import { readForm } from "~server/intake/read-form.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({
  done: z
    .enum(["field", "alias", "aliasEnded", "merged", "unmerged", "dismissed", "restored"])
    .nullable()
    .catch(null),
});

export const meta = ({ data: view }: { data?: { name: string } }) =>
  pageTitle(view?.name ?? staffZh.error.notFoundTitle);

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, packs } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const page = await answerRefusals(readDossier(db, { dossierId: params.dossierId ?? "" }, actor));
  const seesSuggestions = hasRole(actor, "triage_officer", "auditor");
  return {
    ...presentDossier(
      packs.all().map(({ pack }) => pack),
      page,
    ),
    asked,
    seesSuggestions,
  };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const form = await readForm(request);
  const outcome = await answerRefusals(
    actOnDossier(context.portal, { dossierId: params.dossierId ?? "", form }, actor),
  );
  if (outcome.ok) throw redirect(outcome.to);
  return data(outcome.failed, { status: outcome.status });
}

/** A refusal too reloads the page: what it shows, and the versions its forms send, must be of now. */
export const shouldRevalidate = () => true;

export default function DossierPage() {
  const dossier = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const { done } = dossier.asked;
  return (
    <>
      <p>
        <Link to={paths.staff.dossiers()}>{t("dossiers.back")}</Link>
      </p>
      <div className={controls.pageHead}>
        <h1>{dossier.name}</h1>
        <a href={paths.staff.dossierPdf(dossier.id)}>{t("dossiers.print")}</a>
      </div>
      <p className={controls.muted}>
        {t("dossiers.openedSince", { day: formatDay(dossier.openedOn) })}
        {dossier.sectors.length > 0 && ` · ${dossier.sectors.join(t("separator"))}`}
      </p>
      {dossier.keywords.length > 0 && (
        <p>
          <span className={controls.tag} data-tone="waiting">
            {t("dossiers.keywords", { words: dossier.keywords.join(t("separator")) })}
          </span>{" "}
          <span className={controls.muted}>{t("dossiers.keywordsHint")}</span>
        </p>
      )}
      {failed === null && done !== null && <Notice>{t(`dossiers.done.${done}`)}</Notice>}
      {dossier.mergedInto !== null && (
        <p className={controls.notice}>
          {t("dossiers.mergedInto")}{" "}
          <Link to={paths.staff.dossier(dossier.mergedInto.id)}>{dossier.mergedInto.name}</Link>
        </p>
      )}
      <div className={styles.columns}>
        <div>
          <DossierFields
            fields={dossier.fields}
            history={dossier.fieldHistory}
            mayWrite={dossier.mayWrite}
            failed={failed}
          />
          <LeadHistory events={dossier.timeline} count={dossier.timeline.length} />
        </div>
        <div>
          <DossierLeads leads={dossier.leads} count={dossier.leadCount} />
          <DossierClasses classes={dossier.classes} />
          <DossierNames
            aliases={dossier.aliases}
            keys={dossier.keys}
            mayName={dossier.mayMerge}
            failed={failed}
          />
          {dossier.seesSuggestions && dossier.mergedInto === null && (
            <DossierSuggestions
              version={dossier.version}
              suggestions={dossier.suggestions}
              dismissals={dossier.dismissals}
              mayMerge={dossier.mayMerge}
              failed={failed}
            />
          )}
          <DossierLinks links={dossier.links} />
          <DossierMerges merges={dossier.merges} failed={failed} />
        </div>
      </div>
    </>
  );
}
