import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Notice } from "~/components/staff/Notice";
import { pageTitle } from "~/components/staff/page-title";
import { OwnFingerprint } from "~/components/staff/role-keys/OwnFingerprint";
import { SlotCard } from "~/components/staff/role-keys/SlotCard";
import type { KeyNews } from "~/components/staff/role-keys/use-key-work";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/role-keys/role-keys.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { loadKeyring, useKeyring } from "~/staff-client/keys/keyring";
import { listRoleKeys } from "~server/secrecy/list-role-keys.server";
import { actorOf } from "~server/staff-auth/actor-of.server";

export const meta = () => pageTitle(staffZh.roleKeys.title);

export async function loader({ context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  return { ...(await listRoleKeys(context.portal.db, actor)), byPasskey: actor.method === "passkey" };
}

export default function RoleKeys() {
  const { slots, byPasskey, ...page } = useLoaderData<typeof loader>();
  const { t } = useTranslation("staff");
  const keys = useKeyring();
  const [news, setNews] = useState<KeyNews | null>(null);
  useEffect(() => {
    void loadKeyring();
  }, []);
  const member = slots.some(({ mine }) => mine);
  return (
    <div className={styles.page}>
      <h1>{t("roleKeys.title")}</h1>
      <p className={controls.muted}>{t("roleKeys.lead")}</p>
      {!member && slots.length > 0 && <p>{t("roleKeys.readOnly")}</p>}
      {member && !byPasskey && <p>{t("roleKeys.needPasskey")}</p>}
      {news !== null && <Notice>{t(`roleKeys.done.${news}`)}</Notice>}
      {member && <OwnFingerprint ownKey={page.ownKey} />}
      {slots.length === 0 && <p className={controls.empty}>{t("roleKeys.none")}</p>}
      {slots.map((slot) => (
        <SlotCard
          key={slot.slot}
          slot={slot}
          page={page}
          // What needs a private key is offered once it is open.
          acts={byPasskey && keys.state === "open"}
          onDone={setNews}
        />
      ))}
    </div>
  );
}
