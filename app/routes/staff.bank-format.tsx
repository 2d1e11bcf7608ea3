import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { FormatForm } from "~/components/staff/bank-formats/FormatForm";
import { listFormat } from "~/components/staff/bank-formats/list-format";
import { pageTitle } from "~/components/staff/page-title";
import { ProposalIntro, ProposalList } from "~/components/staff/proposals/ProposalList";
import controls from "~/components/staff/controls.module.css";
import payouts from "~/components/staff/payouts/payouts.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { writeFormat } from "~server/bank-formats/act-on-formats.server";
import { listFormats } from "~server/bank-formats/list-formats.server";
import { answerBrought, listPageAsked } from "~server/proposals/answer-proposals.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

export const meta = () => pageTitle(staffZh.bankFormat.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const page = listPageAsked(request);
  const { version, format, proposals, pages } = await answerRefusals(
    listFormats(context.portal.db, { page }, actor),
  );
  return {
    ...{ page, pages, version, format, proposals },
    administers: hasRole(actor, "administrator"),
    byPasskey: actor.method === "passkey",
  };
}

export const action = (args: ActionFunctionArgs) =>
  answerBrought(args, writeFormat, paths.staff.bankFormatProposal);

export default function BankFormats() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("bankFormat.title")}</h1>
      </div>
      <ProposalIntro words="bankFormat" administers={view.administers} byPasskey={view.byPasskey} />
      <section className={controls.card} aria-labelledby="now-title">
        <h2 id="now-title">{t("bankFormat.nowTitle")}</h2>
        <p>
          {view.version === null
            ? t("bankFormat.nowExample")
            : t("bankFormat.nowVersion", { version: view.version })}
        </p>
        <dl className={payouts.facts}>
          {listFormat(view.format, t).map(([item, value]) => (
            <div key={item}>
              <dt>{item}</dt>
              <dd>{value === "" ? t("bankFormat.page.nothing") : value}</dd>
            </div>
          ))}
        </dl>
      </section>
      {view.administers && view.byPasskey && <FormatForm format={view.format} failed={failed} />}
      <ProposalList
        words="bankFormat"
        proposals={view.proposals}
        titleOf={({ version }) => t("bankFormat.of", { version })}
        hrefOf={paths.staff.bankFormatProposal}
        list={{ page: view.page, pages: view.pages, href: paths.staff.bankFormat() }}
      />
    </>
  );
}
