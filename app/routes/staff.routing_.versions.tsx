import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { Pager } from "~/components/staff/Pager";
import { pageTitle } from "~/components/staff/page-title";
import { ProposalHistory, ProposalTag } from "~/components/staff/routing/ProposalHistory";
import { SelectField } from "~/components/staff/Field";
import { UploadFile } from "~/components/staff/UploadFile";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/routing.module.css";
import { formatInstant } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { readForm } from "~server/intake/read-form.server";
import { uploadPack } from "~server/packs/act-on-versions.server";
import { PROPOSALS_A_PAGE, listProposals } from "~server/packs/list-proposals.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({ page: z.coerce.number().int().min(1).max(10_000).catch(1) });

export const meta = () => pageTitle(staffZh.routing.versions.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, packs } = context.portal;
  const { page } = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const { held, proposals, total } = await answerRefusals(listProposals(db, { page }, actor));
  const titleOf = (packId: string) =>
    packs.all().find(({ pack }) => pack.id === packId)?.pack.title.zh ?? packId;
  return {
    page,
    pages: Math.ceil(total / PROPOSALS_A_PAGE),
    held: held.map((one) => ({
      ...one,
      title: titleOf(one.packId),
      parent: one.parentId && titleOf(one.parentId),
    })),
    proposals: proposals.map((one) => ({ ...one, title: titleOf(one.packId) })),
    packs: packs.all().map(({ pack }) => ({ value: pack.id, label: pack.title.zh })),
    administers: hasRole(actor, "administrator"),
    byPasskey: actor.method === "passkey",
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const outcome = await answerRefusals(uploadPack(context.portal, await readForm(request), actor));
  if (outcome.ok) throw redirect(`${paths.staff.packProposal(outcome.proposalId)}?done=brought`);
  return data(outcome, { status: outcome.status });
}

export default function PackVersions() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("routing.versions.title")}</h1>
        <p>
          <Link to={paths.staff.routing()}>{t("routing.title")}</Link>
        </p>
      </div>
      <p className={controls.muted}>{t("routing.versions.intro")}</p>
      <section className={controls.card} aria-labelledby="held-title">
        <h2 id="held-title">{t("routing.versions.heldTitle")}</h2>
        <ul>
          {view.held.map(({ packId, title, version, since, parent }) => (
            <li key={packId}>
              {t("routing.versions.held", { title, version, since: formatInstant(since) })}
              {parent !== null && `（${t("routing.versions.below", { title: parent })}）`}
            </li>
          ))}
        </ul>
      </section>
      {!view.administers && <p className={controls.muted}>{t("routing.versions.readOnly")}</p>}
      {view.administers && !view.byPasskey && (
        <p className={controls.muted}>{t("routing.versions.needPasskey")}</p>
      )}
      {view.administers && view.byPasskey && (
        <UploadFile name="packFile" failed={failed}>
          <SelectField
            form="upload"
            name="parentId"
            label={t("routing.versions.parent")}
            options={view.packs}
            empty={t("routing.versions.noParent")}
          />
        </UploadFile>
      )}
      <section aria-labelledby="list-title">
        <h2 id="list-title">{t("routing.versions.listTitle")}</h2>
        {view.proposals.length === 0 && <p className={controls.empty}>{t("routing.versions.none")}</p>}
        <ul className={styles.versions}>
          {view.proposals.map((proposal) => (
            <li key={proposal.id}>
              <p className={styles.title}>
                <strong>
                  <Link to={paths.staff.packProposal(proposal.id)}>
                    {t("routing.versions.of", { title: proposal.title, version: proposal.version })}
                  </Link>
                </strong>
                <ProposalTag proposal={proposal} />
              </p>
              <ProposalHistory proposal={proposal} />
            </li>
          ))}
        </ul>
        <Pager
          page={view.page}
          pages={view.pages}
          href={(page) => `${paths.staff.packVersions()}?page=${page}`}
        />
      </section>
    </>
  );
}
