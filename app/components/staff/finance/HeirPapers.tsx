import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import type { FormFailure } from "~server/clocks/carry-out.server";
import { ErrorSummary } from "../ErrorSummary";
import { SelectField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

const KINDS = ["notarised_inheritance", "court_decision", "village_proof", "other_legal"] as const;

type Claim = {
  readonly papersKind: (typeof KINDS)[number] | null;
  readonly papersOn: string | null;
  readonly papersVoidedOn: string | null;
  /** What the page is about: the account, and who saw the papers so far. */
  readonly papersMark: string;
};

/** An heir's papers, seen by one of finance and then by another: the kind alone is kept. */
export function HeirPapers({
  claim,
  own,
  closed,
  failed,
}: {
  claim: Claim;
  own: boolean;
  closed: string | null;
  failed: FormFailure | null;
}) {
  const { t } = useTranslation("staff");
  const mine = failed?.form === "papers" ? failed : null;
  const kind = claim.papersKind === null ? "" : t(`window.papers.kinds.${claim.papersKind}`);
  const over = claim.papersOn !== null;
  return (
    <section className={controls.card} aria-labelledby="papers-title">
      <h2 id="papers-title">{t("claims.papers.title")}</h2>
      <p className={controls.muted}>{t("claims.papers.lead")}</p>
      {over && <p>{t("claims.papers.confirmed", { kind, day: formatDay(claim.papersOn ?? "") })}</p>}
      {!over && claim.papersVoidedOn !== null && (
        <p className={styles.why}>{t("claims.papers.voided", { day: formatDay(claim.papersVoidedOn) })}</p>
      )}
      {!over && claim.papersKind !== null && (
        <p>{own ? t("claims.papers.own") : t("claims.papers.seen", { kind })}</p>
      )}
      {!over && closed !== null && <p className={styles.why}>{t("finance.closed", { why: closed })}</p>}
      {!over && closed === null && !own && (
        <Form method="post" noValidate>
          <ErrorSummary form="papers" state={mine?.state} refusal={mine?.refusal} />
          <input type="hidden" name="intent" value="papers" />
          <input type="hidden" name="mark" value={claim.papersMark} />
          <SelectField
            form="papers"
            state={mine?.state ?? null}
            name="kind"
            label={t("claims.papers.kind")}
            empty={t("lead.choose")}
            options={KINDS.map((value) => ({ value, label: t(`window.papers.kinds.${value}`) }))}
          />
          <SubmitButton>
            {t(claim.papersKind === null ? "claims.papers.first" : "claims.papers.second")}
          </SubmitButton>
        </Form>
      )}
    </section>
  );
}
