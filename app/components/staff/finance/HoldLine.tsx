import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatInstant } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { AwardPage } from "~server/rewards/read-award.server";
import styles from "./finance.module.css";

/** Of these nothing is left to hold. */
const OVER = ["paid", "rejected", "superseded", "revoked", "lapsed"];

/** Whether the award is held and why; the way to hold it, and to the file that proves its approval. */
export function HoldLine({
  awardId,
  status,
  hold,
}: {
  awardId: string;
  status: string;
  hold: AwardPage["hold"];
}) {
  const { t } = useTranslation("staff");
  return (
    <>
      {hold !== null && (
        <p className={styles.why}>
          {t("approvals.hold.now", {
            name: hold.placerName,
            at: formatInstant(hold.placedAt),
            reason: hold.reason,
          })}
        </p>
      )}
      {(hold !== null || !OVER.includes(status)) && (
        <p>
          <Link to={paths.staff.holdAward(awardId)}>
            {t(hold === null ? "approvals.hold.link" : "approvals.hold.linkHeld")}
          </Link>
        </p>
      )}
      <p>
        <a href={paths.staff.approvalBundle(awardId)}>{t("approvals.hold.bundle")}</a>
      </p>
    </>
  );
}
