import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { Pager } from "~/components/staff/Pager";
import { FormatForm } from "~/components/staff/bank-formats/FormatForm";
import { listFormat } from "~/components/staff/bank-formats/list-format";
import { pageTitle } from "~/components/staff/page-title";
import { ProposalHistory, ProposalTag } from "~/components/staff/routing/ProposalHistory";
import controls from "~/components/staff/controls.module.css";
import payouts from "~/components/staff/payouts/payouts.module.css";
import styles from "~/components/staff/routing.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { writeFormat } from "~server/bank-formats/act-on-formats.server";
import { listFormats } from "~server/bank-formats/list-formats.server";
import { readForm } from "~server/intake/read-form.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({ page: z.coerce.number().int().min(1).max(10_000).catch(1) });

export const meta = () => pageTitle(staffZh.bankFormat.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { page } = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const { version, format, proposals, pages } = await answerRefusals(
    listFormats(context.portal.db, { page }, actor),
  );
  return {
    ...{ page, pages, version, format, proposals },
    administers: hasRole(actor, "administrator"),
    byPasskey: actor.method === "passkey",
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const outcome = await answerRefusals(writeFormat(context.portal, await readForm(request), actor));
  if (outcome.ok) throw redirect(`${paths.staff.bankFormatProposal(outcome.proposalId)}?done=brought`);
  return data(outcome, { status: outcome.status });
}

export default function BankFormats() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("bankFormat.title")}</h1>
      </div>
      <p className={controls.muted}>{t("bankFormat.intro")}</p>
      {!view.administers && <p className={controls.muted}>{t("bankFormat.readOnly")}</p>}
      {view.administers && !view.byPasskey && <p className={controls.muted}>{t("bankFormat.needPasskey")}</p>}
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
      <section aria-labelledby="list-title">
        <h2 id="list-title">{t("bankFormat.listTitle")}</h2>
        {view.proposals.length === 0 && <p className={controls.empty}>{t("bankFormat.none")}</p>}
        <ul className={styles.versions}>
          {view.proposals.map((proposal) => (
            <li key={proposal.id}>
              <p className={styles.title}>
                <strong>
                  <Link to={paths.staff.bankFormatProposal(proposal.id)}>
                    {t("bankFormat.of", { version: proposal.version })}
                  </Link>
                </strong>
                <ProposalTag proposal={proposal} />
              </p>
              <ProposalHistory proposal={proposal} />
            </li>
          ))}
        </ul>
      </section>
      <Pager
        page={view.page}
        pages={view.pages}
        href={(page) => `${paths.staff.bankFormat()}?page=${page}`}
      />
    </>
  );
}
