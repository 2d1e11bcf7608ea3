import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { Notice } from "~/components/staff/Notice";
import { FormatChanges } from "~/components/staff/bank-formats/FormatChanges";
import { FormatPreview } from "~/components/staff/bank-formats/FormatPreview";
import { pageTitle } from "~/components/staff/page-title";
import { ProposalActs } from "~/components/staff/proposals/ProposalActs";
import { ProposalHistory, ProposalTag } from "~/components/staff/proposals/ProposalHistory";
import controls from "~/components/staff/controls.module.css";
import { agreedTo } from "~/forms/step-up-subjects";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { actOnFormat } from "~server/bank-formats/act-on-formats.server";
import { readFormatProposal } from "~server/bank-formats/list-formats.server";
import { answerProposalAct, doneJustNow } from "~server/proposals/answer-proposals.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

export const meta = () => pageTitle(staffZh.bankFormat.title);

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const proposalId = params.proposalId ?? "";
  const { proposal, format, now } = await answerRefusals(
    readFormatProposal(context.portal.db, { proposalId }, actor),
  );
  return {
    ...{ done: doneJustNow(request), proposal, format, now },
    manages: hasRole(actor, "administrator") && actor.method === "passkey",
    ownId: actor.id,
  };
}

export const action = (args: ActionFunctionArgs) =>
  answerProposalAct(args, actOnFormat, paths.staff.bankFormatProposal);

const AGREED = { request: agreedTo.formatRequest, agree: agreedTo.formatAgreed };

export default function BankFormatProposal() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const { proposal } = view;
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("bankFormat.of", { version: proposal.version })}</h1>
        <p>
          <ProposalTag proposal={proposal} />
        </p>
      </div>
      {failed === null && view.done !== null && <Notice>{t(`bankFormat.page.done.${view.done}`)}</Notice>}
      <section className={controls.card}>
        {proposal.outcome !== null && <p>{t("bankFormat.page.settled")}</p>}
        <ProposalHistory proposal={proposal} />
      </section>
      <FormatChanges now={view.now} next={view.format} />
      <FormatPreview format={view.format} />
      {view.manages && proposal.outcome === null && (
        <ProposalActs
          proposal={proposal}
          ownId={view.ownId}
          failed={failed}
          agreed={AGREED}
          agreeHint={t("bankFormat.page.agreeHint")}
        />
      )}
      <p>
        <Link to={paths.staff.bankFormat()}>{t("bankFormat.page.back")}</Link>
      </p>
    </>
  );
}
