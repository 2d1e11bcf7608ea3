import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { pageTitle } from "~/components/staff/page-title";
import { ProposalIntro, ProposalList } from "~/components/staff/proposals/ProposalList";
import { StoredSchemes } from "~/components/staff/schemes/StoredSchemes";
import { UploadFile } from "~/components/staff/UploadFile";
import controls from "~/components/staff/controls.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { uploadScheme } from "~server/rewards/act-on-schemes.server";
import { listSchemeVersions } from "~server/rewards/list-scheme-versions.server";
import { answerBrought, listPageAsked } from "~server/proposals/answer-proposals.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

export const meta = () => pageTitle(staffZh.schemes.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const page = listPageAsked(request);
  const { stored, proposals, pages } = await answerRefusals(
    listSchemeVersions(context.portal.db, { page }, actor),
  );
  return {
    ...{ page, pages, stored, proposals },
    administers: hasRole(actor, "administrator"),
    byPasskey: actor.method === "passkey",
  };
}

export const action = (args: ActionFunctionArgs) =>
  answerBrought(args, uploadScheme, paths.staff.schemeProposal);

export default function SchemeVersions() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("schemes.title")}</h1>
      </div>
      <ProposalIntro words="schemes" administers={view.administers} byPasskey={view.byPasskey} />
      {view.administers && view.byPasskey && <UploadFile name="schemeFile" failed={failed} />}
      <ProposalList
        words="schemes"
        proposals={view.proposals}
        titleOf={({ title, version }) => t("schemes.of", { title, version })}
        hrefOf={paths.staff.schemeProposal}
        list={{ page: view.page, pages: view.pages, href: paths.staff.schemes() }}
      />
      <StoredSchemes stored={view.stored} />
    </>
  );
}
