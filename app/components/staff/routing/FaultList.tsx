import { useTranslation } from "react-i18next";
import styles from "~/components/staff/routing.module.css";
import type { PackFault } from "~server/packs/pack-fault";
import { saySchemeFault } from "~/components/staff/schemes/say-scheme-fault";
import { sayFault } from "./say-fault";

/** Where a pack's or a scheme's file is at fault, and what it is. */
export function FaultList({ fault }: { fault: PackFault }) {
  const { t } = useTranslation("staff");
  const said = fault.scheme === undefined ? sayFault(fault.message, t) : saySchemeFault(fault.scheme, t);
  const parts = [
    ["faultFile", fault.file],
    ["faultPath", fault.path],
    ["faultRule", fault.rule],
    ["faultText", said ?? fault.message],
  ] as const;
  return (
    <>
      <dl className={styles.fault}>
        {parts.map(
          ([label, value]) =>
            value !== null && (
              <div key={label}>
                <dt>{t(`routing.versions.${label}`)}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {said === null && <p className={styles.faultHint}>{t("routing.versions.faultEnglish")}</p>}
    </>
  );
}
