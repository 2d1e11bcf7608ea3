import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { SIGNED_ACTS } from "~/forms/signature";
import { paths } from "~/paths";
import type { NextAct } from "~server/rewards/read-award.server";
import { SubmitButton } from "../SubmitButton";
import { SignActs, type SignableAct } from "./SignActs";
import styles from "./finance.module.css";

/** What happens next to the award; where it is not the viewer's to do, why. */
export function NextStep({
  awardId,
  leadId,
  next,
  mayReassess,
}: {
  awardId: string;
  leadId: string;
  next: readonly NextAct[];
  mayReassess: boolean;
}) {
  const { t } = useTranslation("staff");
  const signable = next.flatMap(({ act, why }): SignableAct[] => {
    const signed = SIGNED_ACTS.find((each) => each === act);
    return signed === undefined ? [] : [{ act: signed, why: why?.sentence ?? null }];
  });
  const others = next.filter(({ act }) => !SIGNED_ACTS.some((each) => each === act));
  return (
    <div className={styles.acts}>
      {signable.length > 0 && <SignActs awardId={awardId} acts={signable} />}
      {others.map(({ act, allowed, why }) => (
        <div key={act}>
          <p>
            <strong>{t(`finance.award.acts.${act}`)}</strong>
          </p>
          {why !== null && <p className={styles.why}>{why.sentence}</p>}
          {allowed && act === "post" && (
            <Form method="post" preventScrollReset>
              <input type="hidden" name="intent" value="post" />
              <SubmitButton>{t("finance.award.acts.post")}</SubmitButton>
            </Form>
          )}
          {act === "pay" && (
            <p>
              <Link to={`${paths.staff.payments()}?state=posted`}>{t("finance.award.toPayments")}</Link>
            </p>
          )}
        </div>
      ))}
      {mayReassess && (
        <p>
          <Link to={paths.staff.assess(leadId)}>{t("finance.award.reassess")}</Link>
        </p>
      )}
    </div>
  );
}
