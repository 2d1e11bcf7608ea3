import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import controls from "../controls.module.css";

type Claim = {
  readonly toldOn: string;
  readonly lastDay: string | null;
  readonly extendedReason: string | null;
  readonly way: "transfer" | "window" | null;
  readonly claimant: "self" | "proxy" | "heir" | null;
};

/** Until when and how an award is claimed. */
export function ClaimFacts({ claim }: { claim: Claim }) {
  const { t } = useTranslation("staff");
  const rows = [
    [t("claims.told"), formatDay(claim.toldOn)],
    [t("claims.last"), claim.lastDay === null ? t("claims.noLast") : formatDay(claim.lastDay)],
    ...(claim.extendedReason === null ? [] : [[t("claims.extended"), claim.extendedReason]]),
    [t("claims.way"), claim.way === null ? t("claims.noWay") : t(`claims.ways.${claim.way}`)],
    ...(claim.claimant === null ? [] : [[t("claims.claimant"), t(`claims.claimants.${claim.claimant}`)]]),
  ];
  return (
    <dl className={controls.card}>
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt className={controls.muted}>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
