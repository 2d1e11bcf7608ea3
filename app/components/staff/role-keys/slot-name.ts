import { useTranslation } from "react-i18next";
import type { staffRoleKeys } from "~/i18n/zh-CN/staff-role-keys";

type OfficeSlot = Exclude<keyof (typeof staffRoleKeys)["slots"], "agency">;
type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];
type Slot = { slot: string; agencyName: string | null };

/** What a slot is called on pages. */
export function useSlotName(): (view: Slot) => string {
  const { t } = useTranslation("staff");
  return (view) => slotName(view, t);
}

export function slotName({ slot, agencyName }: Slot, t: StaffText): string {
  return slot.startsWith("agency:")
    ? t("roleKeys.slots.agency", { name: agencyName ?? slot.slice("agency:".length) })
    : t(`roleKeys.slots.${slot as OfficeSlot}`);
}
