import { useTranslation } from "react-i18next";
import type { CeremonySlot } from "~server/secrecy/read-ceremony.server";
import controls from "../controls.module.css";
import finance from "../finance/finance.module.css";
import styles from "./role-keys.module.css";
import { useSlotName } from "./slot-name";

/** The ceremony's second and third steps: who is on each slot, whether its key is made, and who has to do what next. */
export function CeremonySlots({ slots, staffed }: { slots: readonly CeremonySlot[]; staffed: boolean }) {
  const { t } = useTranslation("staff");
  const nameSlot = useSlotName();
  return (
    <>
      <section className={controls.card} aria-labelledby="step-people">
        <div className={styles.head}>
          <h2 id="step-people">{t("ceremony.people.title")}</h2>
          {staffed && <Done />}
        </div>
        <p>{t("ceremony.people.lead")}</p>
        <ul className={styles.peopleList}>
          {slots.map((slot) => (
            <li key={slot.slot}>
              <span className={styles.slotName}>{nameSlot(slot)}</span>
              <People slot={slot} />
            </li>
          ))}
        </ul>
      </section>
      <section className={controls.card} aria-labelledby="step-keys">
        <div className={styles.head}>
          <h2 id="step-keys">{t("ceremony.keys.title")}</h2>
          {slots.every(({ needed, made }) => !needed || made) && <Done />}
        </div>
        <p>{t("ceremony.keys.lead")}</p>
        <div className={controls.tableWrap} role="region" aria-labelledby="step-keys" tabIndex={0}>
          <table className={`${controls.table} ${styles.members} ${finance.stacked}`}>
            <thead>
              <tr>
                <th scope="col">{t("ceremony.keys.slot")}</th>
                <th scope="col">{t("ceremony.keys.state")}</th>
                <th scope="col">{t("ceremony.keys.next")}</th>
              </tr>
            </thead>
            <tbody>
              {slots.map((slot) => (
                <tr key={slot.slot} data-slot={slot.slot} data-step={slot.step}>
                  <th scope="row">
                    {nameSlot(slot)}
                    <br />
                    <span className={styles.agency}>
                      {t(slot.needed ? "ceremony.needed" : "ceremony.later")}
                    </span>
                  </th>
                  <td data-label={t("ceremony.keys.state")}>
                    <span className={controls.tag} data-tone={slot.made ? "done" : "waiting"}>
                      {t(slot.made ? "ceremony.keys.made" : "ceremony.keys.unmade")}
                    </span>
                  </td>
                  <td data-label={t("ceremony.keys.next")}>
                    <Next slot={slot} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </>
  );
}

function Done() {
  const { t } = useTranslation("staff");
  return (
    <span className={controls.tag} data-tone="done">
      {t("ceremony.done")}
    </span>
  );
}

function People({ slot: { members } }: { slot: CeremonySlot }) {
  const { t } = useTranslation("staff");
  if (members.length === 0) return <span>{t("ceremony.people.invite")}</span>;
  const without = members.filter(({ personalKey }) => personalKey === null).map(({ name }) => name);
  return (
    <>
      <span>
        {t("ceremony.people.count", { count: members.length })}
        {t("separator")}
        {t("ceremony.people.ready", { count: members.length - without.length })}
      </span>
      {without.length > 0 && (
        <span className={controls.hint}>
          {" "}
          {t("ceremony.people.missing", { names: without.join(t("separator")) })}
        </span>
      )}
      {members.length === 1 && <span className={controls.hint}> {t("ceremony.people.one")}</span>}
    </>
  );
}

function Next({ slot }: { slot: CeremonySlot }) {
  const { t } = useTranslation("staff");
  const names = namesFor(slot);
  const step = slot.step === "key" && names.length === 1 ? "key_alone" : slot.step;
  return <>{t(`ceremony.keys.steps.${step}`, { names: names.join(t("separator")) })}</>;
}

/** Whom the next step asks: for a personal key those without, for the slot's key those who could, else its holders. */
function namesFor({ step, members }: CeremonySlot): string[] {
  const asked = members.filter(({ personalKey, holds }) =>
    step === "personal_keys" ? personalKey === null : step === "key" ? personalKey !== null : holds,
  );
  return asked.map(({ name }) => name);
}
