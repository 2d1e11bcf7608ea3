import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { Notice } from "~/components/staff/Notice";
import { pageTitle } from "~/components/staff/page-title";
import { ProposalActs } from "~/components/staff/proposals/ProposalActs";
import { ProposalHistory, ProposalTag } from "~/components/staff/proposals/ProposalHistory";
import { SchemeChanges } from "~/components/staff/schemes/SchemeChanges";
import controls from "~/components/staff/controls.module.css";
import { agreedTo } from "~/forms/step-up-subjects";
import { formatDay } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { actOnScheme } from "~server/rewards/act-on-schemes.server";
import { readSchemeProposal } from "~server/rewards/list-scheme-versions.server";
import { answerProposalAct, doneJustNow } from "~server/proposals/answer-proposals.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

export const meta = () => pageTitle(staffZh.schemes.title);

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const proposalId = params.proposalId ?? "";
  const { proposal, scheme, before, changes, concerned } = await answerRefusals(
    readSchemeProposal(context.portal.db, { proposalId }, actor),
  );
  return {
    ...{ done: doneJustNow(request), proposal, before, changes, concerned },
    title: scheme.title.zh,
    schemeId: scheme.id,
    manages: hasRole(actor, "administrator") && actor.method === "passkey",
    ownId: actor.id,
  };
}

export const action = (args: ActionFunctionArgs) =>
  answerProposalAct(args, actOnScheme, paths.staff.schemeProposal);

const AGREED = { request: agreedTo.schemeRequest, agree: agreedTo.schemeAgreed };

export default function SchemeProposal() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const { proposal, before, concerned } = view;
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("schemes.of", { title: view.title, version: proposal.version })}</h1>
        <p>
          <ProposalTag proposal={proposal} />
        </p>
      </div>
      {failed === null && view.done !== null && <Notice>{t(`schemes.page.done.${view.done}`)}</Notice>}
      <section className={controls.card}>
        <p>{t("schemes.page.from", { from: formatDay(proposal.effectiveFrom) })}</p>
        <p>
          {before === null
            ? t("schemes.page.further")
            : t(before.id === view.schemeId ? "schemes.page.against" : "schemes.page.againstOther", before)}
        </p>
        {proposal.outcome === null ? (
          <p>
            {t(concerned === 0 ? "schemes.page.concernedNone" : "schemes.page.concerned", {
              count: concerned,
            })}
          </p>
        ) : (
          <p>{t("schemes.page.settled")}</p>
        )}
        <ProposalHistory proposal={proposal} />
      </section>
      <SchemeChanges changes={view.changes} />
      {view.manages && proposal.outcome === null && (
        <ProposalActs
          proposal={proposal}
          ownId={view.ownId}
          failed={failed}
          agreed={AGREED}
          agreeHint={t("schemes.page.agreeHint")}
        />
      )}
      <p>
        <Link to={paths.staff.schemes()}>{t("schemes.page.back")}</Link>
      </p>
    </>
  );
}
