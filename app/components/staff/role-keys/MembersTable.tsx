import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useKeyring } from "~/staff-client/keys/keyring";
import { prepareShare } from "~/staff-client/keys/prepare-acts";
import { actOnRoleKey } from "~/staff-client/keys/role-keys";
import type { SlotMemberView, SlotView } from "~server/secrecy/role-keys-view";
import { ErrorSummary } from "../ErrorSummary";
import controls from "../controls.module.css";
import finance from "../finance/finance.module.css";
import styles from "./role-keys.module.css";
import { KeyFault, useKeyWork, type KeyNews } from "./use-key-work";

/** Who is on a slot and who holds its key; a holder hands it on from here once the fingerprints were compared. */
export function MembersTable({
  slot,
  ownId,
  shares,
  onDone,
}: {
  slot: SlotView;
  ownId: string;
  shares: boolean;
  onDone: (news: KeyNews) => void;
}) {
  const { t } = useTranslation("staff");
  if (slot.members.length === 0) return <p className={controls.muted}>{t("roleKeys.members.empty")}</p>;
  const waiting = shares && slot.members.some(({ holds, personalKey }) => !holds && personalKey !== null);
  return (
    <>
      {waiting && <p>{t("roleKeys.members.verify")}</p>}
      <div
        className={`${controls.tableWrap} ${controls.spaced}`}
        role="region"
        aria-label={t("roleKeys.members.title")}
        tabIndex={0}
      >
        <table className={`${controls.table} ${styles.members} ${finance.stacked}`}>
          <thead>
            <tr>
              <th scope="col">{t("roleKeys.members.name")}</th>
              <th scope="col">{t("roleKeys.members.state")}</th>
              <th scope="col">{t("roleKeys.members.fingerprint")}</th>
              {waiting && <th scope="col">{t("roleKeys.members.act")}</th>}
            </tr>
          </thead>
          <tbody>
            {slot.members.map((member) => (
              <tr key={member.staffId}>
                <th scope="row">
                  {member.name}
                  {member.staffId === ownId && (
                    <span className={styles.agency}>（{t("roleKeys.members.self")}）</span>
                  )}
                  <br />
                  <span className={styles.agency}>{member.agencyName}</span>
                </th>
                <td data-label={t("roleKeys.members.state")}>
                  {t(
                    `roleKeys.members.${member.holds ? "holds" : member.personalKey === null ? "noKey" : "missing"}`,
                  )}
                </td>
                <td data-label={t("roleKeys.members.fingerprint")} className={styles.digits}>
                  {member.personalKey === null || member.staffId === ownId
                    ? "—"
                    : member.personalKey.fingerprint}
                </td>
                {waiting && (
                  <td>
                    {!member.holds && member.personalKey !== null && member.staffId !== ownId && (
                      <Share slot={slot} member={member} onDone={onDone} />
                    )}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Share({
  slot,
  member,
  onDone,
}: {
  slot: SlotView;
  member: SlotMemberView;
  onDone: (news: KeyNews) => void;
}) {
  const { t } = useTranslation("staff");
  const id = useId();
  const keys = useKeyring();
  const { busy, refusal, run } = useKeyWork(onDone);
  const [verified, setVerified] = useState(false);
  const share = async (): Promise<KeyNews> => {
    if (keys.state !== "open") throw new KeyFault("locked");
    const { personalKey } = member;
    const act =
      personalKey === null || slot.key === null
        ? null
        : await prepareShare(slot.key.id, personalKey, keys.keyring);
    if (act === null) throw new KeyFault("notHeld");
    await actOnRoleKey(act);
    return "shared";
  };
  return (
    <>
      <ErrorSummary form={id} refusal={refusal} />
      <p className={controls.check}>
        <input
          type="checkbox"
          id={id}
          checked={verified}
          onChange={(event) => setVerified(event.currentTarget.checked)}
        />
        <label htmlFor={id}>{t("roleKeys.members.verified")}</label>
      </p>
      <button
        type="button"
        className={controls.button}
        data-kind="plain"
        disabled={busy || !verified}
        onClick={() => void run(share)}
      >
        {t("roleKeys.members.share", { name: member.name })}
      </button>
      <span role="status" className={controls.muted}>
        {busy ? t("roleKeys.working") : ""}
      </span>
    </>
  );
}
