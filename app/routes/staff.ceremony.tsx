import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { Notice } from "~/components/staff/Notice";
import { pageTitle } from "~/components/staff/page-title";
import { CeremonySlots } from "~/components/staff/role-keys/CeremonySlots";
import { RecoveryStep } from "~/components/staff/role-keys/RecoveryStep";
import { useSlotName } from "~/components/staff/role-keys/slot-name";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/role-keys/role-keys.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { readForm } from "~server/intake/read-form.server";
import { CEREMONY_DONE, actOnCeremony } from "~server/secrecy/act-on-ceremony.server";
import { readCeremony } from "~server/secrecy/read-ceremony.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

export const meta = () => pageTitle(staffZh.ceremony.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  return {
    ...(await answerRefusals(readCeremony(context.portal.db, actor))),
    byPasskey: actor.method === "passkey",
    done: CEREMONY_DONE.find((one) => one === new URL(request.url).searchParams.get("done")) ?? null,
  };
}

/** Registers the recovery key's public half, confirms it, or turns it down. */
export async function action({ request, context }: ActionFunctionArgs) {
  const outcome = await actOnCeremony(context.portal, await readForm(request), actorOf(context));
  if (outcome.kind === "done") throw redirect(`${paths.staff.ceremony()}?done=${outcome.done}`);
  return data({ state: outcome.state, refusal: outcome.refusal }, { status: outcome.status });
}

export default function Ceremony() {
  const { recoveryKey, recoveryRequest, slots, staffed, open, byPasskey, done } =
    useLoaderData<typeof loader>();
  const answered = useActionData<typeof action>();
  const { t } = useTranslation("staff");
  const nameSlot = useSlotName();
  const missing = [
    ...(recoveryKey === null ? [t("roleKeys.slots.recovery")] : []),
    ...slots.filter(({ needed, made }) => needed && !made).map(nameSlot),
  ];
  return (
    <div className={styles.page}>
      <h1>{t("ceremony.title")}</h1>
      <p className={controls.muted}>{t("ceremony.lead")}</p>
      {!byPasskey && <p>{t("ceremony.demo")}</p>}
      {done !== null && <Notice>{t(`ceremony.notices.${done}`)}</Notice>}
      {open ? (
        <p className={controls.notice} data-open="">
          {t("ceremony.open")}
        </p>
      ) : (
        <p className={styles.due}>{t("ceremony.closed", { missing: missing.join(t("separator")) })}</p>
      )}
      <RecoveryStep
        recoveryKey={recoveryKey}
        request={recoveryRequest}
        acts={byPasskey}
        failed={answered ?? null}
      />
      <CeremonySlots slots={slots} staffed={staffed} />
      <p>
        <Link to={paths.staff.people()}>{t("ceremony.people.link")}</Link>
      </p>
    </div>
  );
}
