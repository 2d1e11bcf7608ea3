import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { IdentityAsk } from "~/components/staff/IdentityAsk";
import { IdentityRequests } from "~/components/staff/IdentityRequests";
import { KeysNotice } from "~/components/staff/KeysNotice";
import { Pager } from "~/components/staff/Pager";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { useKeyring } from "~/staff-client/keys/keyring";
import { REQUESTS_A_PAGE, listRequests } from "~server/identity/list-requests.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({ page: z.coerce.number().int().min(1).max(100_000).catch(1) });

export const meta = () => pageTitle(staffZh.identities.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const { page } = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const listed = await answerRefusals(listRequests(db, { page, clock }, actor));
  return {
    ...listed,
    page,
    pages: Math.ceil(listed.total / REQUESTS_A_PAGE),
    isCustodian: hasRole(actor, "identity_custodian"),
    byPasskey: actor.method === "passkey",
  };
}

export default function Identities() {
  const view = useLoaderData<typeof loader>();
  const { t } = useTranslation("staff");
  const keys = useKeyring();
  const keyring = keys.state === "open" ? keys.keyring : null;
  const acts = view.isCustodian && view.byPasskey && view.side !== null;
  return (
    <>
      <h1>{t("identities.title")}</h1>
      <p className={controls.muted}>
        {view.isCustodian ? t("identities.lead") : t("identities.leadAuditor")}{" "}
        {view.side !== null && t(`identities.ownSide.${view.side}`)}
      </p>
      {view.isCustodian && view.side === null && <p className={controls.empty}>{t("identities.noSide")}</p>}
      {view.isCustodian && !view.byPasskey && <p className={controls.muted}>{t("identities.needPasskey")}</p>}
      {acts && <KeysNotice />}
      <IdentityRequests requests={view.requests} keyring={keyring} acts={acts}>
        {acts && <IdentityAsk keyring={keyring} />}
      </IdentityRequests>
      <Pager
        page={view.page}
        pages={view.pages}
        href={(page) => `${paths.staff.identities()}?page=${page}`}
      />
    </>
  );
}
