import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { pageTitle } from "~/components/staff/page-title";
import { ProposalIntro, ProposalList } from "~/components/staff/proposals/ProposalList";
import { SelectField } from "~/components/staff/Field";
import { UploadFile } from "~/components/staff/UploadFile";
import controls from "~/components/staff/controls.module.css";
import { formatInstant } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { uploadPack } from "~server/packs/act-on-versions.server";
import { listProposals } from "~server/packs/list-proposals.server";
import { answerBrought, listPageAsked } from "~server/proposals/answer-proposals.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

export const meta = () => pageTitle(staffZh.routing.versions.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, packs } = context.portal;
  const page = listPageAsked(request);
  const { held, proposals, pages } = await answerRefusals(listProposals(db, { page }, actor));
  const titleOf = (packId: string) =>
    packs.all().find(({ pack }) => pack.id === packId)?.pack.title.zh ?? packId;
  return {
    page,
    pages,
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

export const action = (args: ActionFunctionArgs) => answerBrought(args, uploadPack, paths.staff.packProposal);

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
      <ProposalIntro words="routing.versions" administers={view.administers} byPasskey={view.byPasskey} />
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
      <ProposalList
        words="routing.versions"
        proposals={view.proposals}
        titleOf={({ title, version }) => t("routing.versions.of", { title, version })}
        hrefOf={paths.staff.packProposal}
        list={{ page: view.page, pages: view.pages, href: paths.staff.packVersions() }}
      />
    </>
  );
}
