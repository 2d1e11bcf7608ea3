import { useId } from "react";
import { useTranslation } from "react-i18next";
import { formatInstant } from "~/i18n/format-date";
import { prepareMake } from "~/staff-client/keys/prepare-acts";
import { actOnRoleKey } from "~/staff-client/keys/role-keys";
import type { RoleKeysView, SlotView } from "~server/secrecy/role-keys-view";
import { ErrorSummary } from "../ErrorSummary";
import controls from "../controls.module.css";
import { MembersTable } from "./MembersTable";
import { RecoverKey } from "./RecoverKey";
import { ReplaceKey } from "./ReplaceKey";
import styles from "./role-keys.module.css";
import { useSlotName } from "./slot-name";
import { useKeyWork, type KeyNews } from "./use-key-work";

/** One slot: its key, its members, and what this person may do with it. `acts` is off for those who only look. */
export function SlotCard({
  slot,
  page,
  acts,
  onDone,
}: {
  slot: SlotView;
  page: Pick<RoleKeysView, "ownKey" | "ownId" | "recoveryKey">;
  acts: boolean;
  onDone: (news: KeyNews) => void;
}) {
  const { t } = useTranslation("staff");
  const id = useId();
  const name = useSlotName()(slot);
  const { key } = slot;
  const due = key?.rotationDueSince ?? null;
  const mayAct = acts && slot.mine && page.ownKey !== null;
  return (
    <section className={controls.card} aria-labelledby={id} data-slot={slot.slot}>
      <div className={styles.head}>
        <h2 id={id}>{name}</h2>
        <SlotState slot={slot} />
        {due !== null && (
          <span className={controls.tag} data-tone="major">
            {t("roleKeys.states.due")}
          </span>
        )}
        {key !== null && (
          <span className={controls.muted}>
            {t("roleKeys.since", { epoch: key.epoch, at: formatInstant(key.madeAt) })}
          </span>
        )}
      </div>
      {due !== null && <p className={styles.due}>{t("roleKeys.due", { at: formatInstant(due) })}</p>}
      {key === null && <MakeKey slot={slot} page={page} mayAct={mayAct} onDone={onDone} />}
      {key !== null && slot.mine && !slot.held && <Waiting slot={slot} />}
      <MembersTable slot={slot} ownId={page.ownId} shares={mayAct && slot.held} onDone={onDone} />
      {mayAct && slot.held && page.recoveryKey !== null && (
        <ReplaceKey slot={slot} recoveryKey={page.recoveryKey} ownId={page.ownId} onDone={onDone} />
      )}
      {mayAct && slot.requests.length > 0 && <RecoverKey slot={slot} onDone={onDone} />}
    </section>
  );
}

function SlotState({ slot }: { slot: SlotView }) {
  const { t } = useTranslation("staff");
  const state = slot.key === null ? "unmade" : slot.held ? "held" : slot.mine ? "waiting" : "made";
  return (
    <span
      className={controls.tag}
      data-tone={state === "held" || state === "made" ? "done" : "waiting"}
      data-state={state}
    >
      {t(`roleKeys.states.${state}`)}
    </span>
  );
}

function MakeKey({
  slot,
  page,
  mayAct,
  onDone,
}: {
  slot: SlotView;
  page: Pick<RoleKeysView, "ownKey" | "recoveryKey">;
  mayAct: boolean;
  onDone: (news: KeyNews) => void;
}) {
  const { t } = useTranslation("staff");
  const { busy, refusal, run } = useKeyWork(onDone);
  const { ownKey, recoveryKey } = page;
  if (recoveryKey === null) return <p>{t("roleKeys.make.noRecovery")}</p>;
  const make = async (): Promise<KeyNews> => {
    if (ownKey !== null) await actOnRoleKey(await prepareMake(slot.slot, ownKey, recoveryKey));
    return "made";
  };
  return (
    <>
      <ErrorSummary form={`make-${slot.slot}`} refusal={refusal} />
      <p>{t(slot.mine ? "roleKeys.make.lead" : "roleKeys.make.others")}</p>
      {slot.mine && slot.slot.startsWith("custodian_") && <p>{t("roleKeys.make.side")}</p>}
      {mayAct && (
        <p className={controls.buttons}>
          <button type="button" className={controls.button} disabled={busy} onClick={() => void run(make)}>
            {t("roleKeys.make.button")}
          </button>
          <span role="status" className={controls.muted}>
            {busy ? t("roleKeys.working") : ""}
          </span>
        </p>
      )}
    </>
  );
}

function Waiting({ slot }: { slot: SlotView }) {
  const { t } = useTranslation("staff");
  const somebody = slot.members.some(({ holds }) => holds);
  return (
    <>
      <p>{t(somebody ? "roleKeys.wait.lead" : "roleKeys.wait.nobody")}</p>
      {somebody && slot.slot.startsWith("custodian_") && <p>{t("roleKeys.make.side")}</p>}
    </>
  );
}
