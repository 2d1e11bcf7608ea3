import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { paths } from "~/paths";
import type { ChosenPosted } from "~server/ledger/post-chosen-awards.server";
import { ErrorSummary } from "../ErrorSummary";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

type Row = { readonly awardId: string; readonly amountFen: bigint };

/** Books every award shown above at once: the set is what the page showed, whatever is accepted meanwhile. */
export function PostAll({ rows, refusal }: { rows: readonly Row[]; refusal: string | null }) {
  const { t } = useTranslation("staff");
  const amount = formatFen(rows.reduce((sum, { amountFen }) => sum + BigInt(amountFen), 0n));
  return (
    <Form method="post" className={controls.spacedTop}>
      <ErrorSummary form="post-all" refusal={refusal} />
      <input type="hidden" name="intent" value="post_all" />
      {rows.map(({ awardId }) => (
        <input key={awardId} type="hidden" name="awardIds" value={awardId} />
      ))}
      <SubmitButton>{t("finance.payments.all.button", { count: rows.length, amount })}</SubmitButton>
    </Form>
  );
}

/** What became of the set where some of it was not booked, each with its reason, and the same rows tried again. */
export function PostedSet({ done }: { done: ChosenPosted }) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.card} aria-labelledby="posted-set" role="alert">
      <h2 id="posted-set">
        {t("finance.payments.all.partly", { posted: done.posted, refused: done.refused.length })}
      </h2>
      {done.already > 0 && <p>{t("finance.payments.all.already", { count: done.already })}</p>}
      <ul>
        {done.refused.map(({ awardId, codeName, why }) => (
          <li key={awardId}>
            {codeName !== "" && (
              <Link to={paths.staff.award(awardId)} className={styles.code}>
                {codeName}
              </Link>
            )}{" "}
            {why}
          </li>
        ))}
      </ul>
      <Form method="post">
        <input type="hidden" name="intent" value="post_all" />
        {done.refused.map(({ awardId }) => (
          <input key={awardId} type="hidden" name="awardIds" value={awardId} />
        ))}
        <SubmitButton kind="plain">
          {t("finance.payments.all.again", { count: done.refused.length })}
        </SubmitButton>
      </Form>
    </section>
  );
}
