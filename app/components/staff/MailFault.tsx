import { useTranslation } from "react-i18next";
import { staffNotices } from "~/i18n/zh-CN/staff-mail";

const NAMED = Object.keys(staffNotices.faults) as (keyof typeof staffNotices.faults)[];

/** Why a mail did not leave, in words: a class of reason or a mail server's code. */
export function MailFault({ fault }: { fault: string | null }) {
  return <>{useFaultText()(fault)}</>;
}

export function useFaultText(): (fault: string | null) => string {
  const { t } = useTranslation("staff");
  return (fault) => {
    if (fault === null) return t("none");
    const named = NAMED.find((one) => one === fault);
    if (named !== undefined) return t(`notices.faults.${named}`, { code: "" });
    return t(fault.startsWith("5") ? "notices.faults.refused" : "notices.faults.busyServer", { code: fault });
  };
}
