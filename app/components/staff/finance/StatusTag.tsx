import { useTranslation } from "react-i18next";
import type { staffFinance } from "~/i18n/zh-CN/staff-finance";
import controls from "../controls.module.css";

export type AwardStatus = keyof typeof staffFinance.statuses;

const TONES: Readonly<Record<string, string>> = {
  paid: "done",
  rejected: "major",
  superseded: "",
  revoked: "",
  lapsed: "",
};

/** Where an award stands, in words; the colour only repeats them. */
export function StatusTag({ status }: { status: string }) {
  const { t } = useTranslation("staff");
  return (
    <span className={controls.tag} data-tone={TONES[status] ?? "waiting"}>
      {t(`finance.statuses.${status as AwardStatus}`)}
    </span>
  );
}
