import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import type { AwardPage } from "~server/rewards/read-award.server";

const MAY_UNDO = ["approved", "accepted", "posted", "paid"];
const CLAIMED = ["approved", "accepted", "posted", "paid"];
const BOOKED = ["posted", "paid"];

/** Where else the award's money is looked at or acted on. */
export function AwardLinks({ award }: { award: Pick<AwardPage, "id" | "status" | "batchId"> }) {
  const { t } = useTranslation("staff");
  return (
    <>
      {CLAIMED.includes(award.status) && (
        <p>
          <Link to={paths.staff.awardClaim(award.id)}>{t("claims.link")}</Link>
        </p>
      )}
      {MAY_UNDO.includes(award.status) && (
        <p>
          <Link to={paths.staff.budgetActs(award.id)}>{t("ledgerActs.linkAward")}</Link>
        </p>
      )}
      {award.batchId !== null && (
        <p>
          <Link to={paths.staff.payoutBatch(award.batchId)}>{t("ledgerActs.linkBatch")}</Link>
        </p>
      )}
      {BOOKED.includes(award.status) && (
        <p>
          <Link to={paths.staff.books()}>{t("ledgerActs.linkBooks")}</Link>
        </p>
      )}
    </>
  );
}
