import { useTranslation } from "react-i18next";
import type { staffRoleKeys } from "~/i18n/zh-CN/staff-role-keys";

type OfficeSlot = Exclude<keyof (typeof staffRoleKeys)["slots"], "agency">;

/** What a slot is called on pages. */
export function useSlotName(): (view: { slot: string; agencyName: string | null }) => string {
  const { t } = useTranslation("staff");
  return ({ slot, agencyName }) =>
    slot.startsWith("agency:")
      ? t("roleKeys.slots.agency", { name: agencyName ?? slot.slice("agency:".length) })
      : t(`roleKeys.slots.${slot as OfficeSlot}`);
}
