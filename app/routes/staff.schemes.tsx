import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { Pager } from "~/components/staff/Pager";
import { pageTitle } from "~/components/staff/page-title";
import { ProposalHistory, ProposalTag } from "~/components/staff/routing/ProposalHistory";
import { StoredSchemes } from "~/components/staff/schemes/StoredSchemes";
import { UploadFile } from "~/components/staff/UploadFile";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/routing.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { readForm } from "~server/intake/read-form.server";
import { uploadScheme } from "~server/rewards/act-on-schemes.server";
import { listSchemeVersions } from "~server/rewards/list-scheme-versions.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({ page: z.coerce.number().int().min(1).max(10_000).catch(1) });

export const meta = () => pageTitle(staffZh.schemes.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { page } = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const { stored, proposals, pages } = await answerRefusals(
    listSchemeVersions(context.portal.db, { page }, actor),
  );
  return {
    ...{ page, pages, stored, proposals },
    administers: hasRole(actor, "administrator"),
    byPasskey: actor.method === "passkey",
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const outcome = await answerRefusals(uploadScheme(context.portal, await readForm(request), actor));
  if (outcome.ok) throw redirect(`${paths.staff.schemeProposal(outcome.proposalId)}?done=brought`);
  return data(outcome, { status: outcome.status });
}

export default function SchemeVersions() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("schemes.title")}</h1>
      </div>
      <p className={controls.muted}>{t("schemes.intro")}</p>
      {!view.administers && <p className={controls.muted}>{t("schemes.readOnly")}</p>}
      {view.administers && !view.byPasskey && <p className={controls.muted}>{t("schemes.needPasskey")}</p>}
      {view.administers && view.byPasskey && <UploadFile name="schemeFile" failed={failed} />}
      <section aria-labelledby="list-title">
        <h2 id="list-title">{t("schemes.listTitle")}</h2>
        {view.proposals.length === 0 && <p className={controls.empty}>{t("schemes.none")}</p>}
        <ul className={styles.versions}>
          {view.proposals.map((proposal) => (
            <li key={proposal.id}>
              <p className={styles.title}>
                <strong>
                  <Link to={paths.staff.schemeProposal(proposal.id)}>
                    {t("schemes.of", { title: proposal.title, version: proposal.version })}
                  </Link>
                </strong>
                <ProposalTag proposal={proposal} />
              </p>
              <ProposalHistory proposal={proposal} />
            </li>
          ))}
        </ul>
      </section>
      <StoredSchemes stored={view.stored} />
      <Pager page={view.page} pages={view.pages} href={(page) => `${paths.staff.schemes()}?page=${page}`} />
    </>
  );
}
