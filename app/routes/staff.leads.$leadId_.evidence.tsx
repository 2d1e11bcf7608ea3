import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useLoaderData, type ShouldRevalidateFunction } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { EvidenceBundle } from "~/components/staff/handling/EvidenceBundle";
import { KeysNotice } from "~/components/staff/KeysNotice";
import { pageTitle } from "~/components/staff/page-title";
import { Pager } from "~/components/staff/Pager";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/lead.module.css";
import { formValues, textOf } from "~/forms/parse-form";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { actOnHandling } from "~server/handling/act-on-handling.server";
import { listEvidence } from "~server/handling/list-evidence.server";
import { readForm } from "~server/intake/read-form.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({
  letter: z.string().catch(""),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
});

export const meta = () => pageTitle(staffZh.handling.bundle.title);

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const input = { leadId: params.leadId ?? "", letterId: asked.letter, page: asked.page };
  return { asked, page: await answerRefusals(listEvidence(context.portal, input, actorOf(context))) };
}

/** Notes the bundle a browser built: its manifest's hash and counts, never a file. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const form = await readForm(request);
  form.set("intent", "bundle");
  const outcome = await answerRefusals(
    actOnHandling(context.portal, { leadId: params.leadId ?? "", form }, actorOf(context)),
  );
  const sha256 = textOf(formValues(form), "sha256");
  return data({ ...outcome, sha256 }, { status: outcome.ok ? 200 : outcome.status });
}

/** Noting a bundle changes nothing the page shows, and what was built stays. */
export const shouldRevalidate: ShouldRevalidateFunction = ({ formMethod, defaultShouldRevalidate }) =>
  formMethod === "POST" ? false : defaultShouldRevalidate;

export default function EvidenceRoute() {
  const { asked, page } = useLoaderData<typeof loader>();
  const { t } = useTranslation("staff");
  return (
    <>
      <p className={styles.back}>
        <Link to={paths.staff.handling(page.lead.id)}>{t("handling.bundle.back")}</Link>
      </p>
      <h1>{t("handling.bundle.title")}</h1>
      <p>{t("handling.bundle.letter", { number: page.letter.number, recipient: page.letter.recipient })}</p>
      <p className={controls.muted}>{t("handling.bundle.lead")}</p>
      <p className={controls.muted}>{t("handling.bundle.notes")}</p>
      <KeysNotice />
      <section className={controls.card} aria-label={t("handling.bundle.title")}>
        {page.count === 0 ? (
          <p className={controls.empty}>{t("handling.bundle.empty")}</p>
        ) : (
          <EvidenceBundle key={`${page.letter.id}-${asked.page}`} page={page} />
        )}
        <Pager
          page={asked.page}
          pages={page.parts}
          href={(to) => paths.staff.evidence(page.lead.id, page.letter.id, to)}
        />
      </section>
    </>
  );
}
