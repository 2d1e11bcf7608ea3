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
import { recoveryKeyForm } from "~/forms/key-acts";
import { formText } from "~/forms/form-text";
import { parseForm } from "~/forms/parse-form";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { readForm } from "~server/intake/read-form.server";
import { createRecoveryKey } from "~server/secrecy/create-recovery-key.server";
import { readCeremony } from "~server/secrecy/read-ceremony.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals, catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { relyingParty } from "~server/staff-auth/relying-party";
import { requireStepUp } from "~server/staff-auth/step-up.server";

export const meta = () => pageTitle(staffZh.ceremony.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  return {
    ...(await answerRefusals(readCeremony(context.portal.db, actor))),
    byPasskey: actor.method === "passkey",
    registered: new URL(request.url).searchParams.get("done") === "registered",
  };
}

/** Registers the recovery key's public half. */
export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock, env } = context.portal;
  const form = await readForm(request);
  const asked = parseForm(recoveryKeyForm, form);
  if (!asked.ok)
    return data({ state: { values: asked.values, errors: asked.errors }, refusal: null }, { status: 400 });
  const register = async () => {
    await requireStepUp(
      db,
      {
        act: "key.make",
        subject: "recovery",
        proof: formText(form, "stepUp"),
        relyingParty: relyingParty(env.publicOrigin),
        clock,
      },
      actor,
    );
    await createRecoveryKey(db, { ...asked.value, at: clock.now() }, actor);
  };
  const done = await catchRefusal(register());
  if (done.ok) throw redirect(`${paths.staff.ceremony()}?done=registered`);
  const { status, publicMessage } = done.refusal;
  const values = { publicKey: asked.value.publicKey };
  return data({ state: { values, errors: {} }, refusal: publicMessage }, { status });
}

export default function Ceremony() {
  const { recoveryKey, slots, staffed, open, byPasskey, registered } = useLoaderData<typeof loader>();
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
      {registered && recoveryKey !== null && <Notice>{t("ceremony.notice")}</Notice>}
      {open ? (
        <p className={controls.notice} data-open="">
          {t("ceremony.open")}
        </p>
      ) : (
        <p className={styles.due}>{t("ceremony.closed", { missing: missing.join(t("separator")) })}</p>
      )}
      <RecoveryStep recoveryKey={recoveryKey} acts={byPasskey} failed={answered ?? null} />
      <CeremonySlots slots={slots} staffed={staffed} />
      <p>
        <Link to={paths.staff.people()}>{t("ceremony.people.link")}</Link>
      </p>
    </div>
  );
}
