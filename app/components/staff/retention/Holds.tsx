import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatInstant } from "~/i18n/format-date";
import { paths } from "~/paths";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { SelectField, TextAreaField, TextField, type FormState } from "~/components/staff/Field";
import { SubmitButton } from "~/components/staff/SubmitButton";
import controls from "~/components/staff/controls.module.css";
import lead from "~/components/staff/lead.module.css";
import type { HoldView } from "~server/retention/list-retention.server";

type Failed =
  (FormState & { readonly intent: string; readonly of: string; readonly refusal: string | null }) | null;

/** What nothing is destroyed of, by whom and why; triage places and ends holds. */
export function Holds({
  holds,
  triages,
  failed,
}: {
  holds: readonly HoldView[];
  triages: boolean;
  failed: Failed;
}) {
  const { t } = useTranslation("staff");
  const placing = failed?.intent === "place" ? failed : null;
  return (
    <section className={controls.card} aria-labelledby="holds-title">
      <h2 id="holds-title">{t("retention.holdsTitle")}</h2>
      <p className={controls.muted}>{t("retention.holdsLead")}</p>
      {holds.length === 0 && <p className={controls.empty}>{t("retention.noHolds")}</p>}
      <ul className={lead.recusals}>
        {holds.map((hold) => (
          <li key={hold.id}>
            <p>
              <strong>
                <HeldOn hold={hold} />
              </strong>
            </p>
            <p>{hold.reason}</p>
            <p className={controls.hint}>
              {t("retention.since", { name: hold.placedBy, at: formatInstant(hold.placedAt) })}
            </p>
            {triages && (
              <EndHold
                hold={hold}
                failed={failed?.intent === "end" && failed.of === hold.id ? failed : null}
              />
            )}
          </li>
        ))}
      </ul>
      {triages && (
        <details className={controls.disclosure} open={placing !== null || undefined}>
          <summary>{t("retention.place")}</summary>
          <Form method="post">
            <ErrorSummary form="hold" state={placing} refusal={placing?.refusal} />
            <input type="hidden" name="intent" value="place" />
            <div className={controls.pairOfFields}>
              <TextField
                form="hold"
                name="leadNumber"
                label={t("retention.leadNumber")}
                inputMode="numeric"
                maxLength={9}
                state={placing}
              />
              <SelectField
                form="hold"
                name="on"
                label={t("retention.on")}
                options={[
                  { value: "lead", label: t("retention.onLead") },
                  { value: "dossier", label: t("retention.onDossier") },
                ]}
                state={placing}
              />
            </div>
            <TextAreaField form="hold" name="reason" label={t("retention.reason")} state={placing} />
            <SubmitButton kind="plain">{t("retention.place")}</SubmitButton>
          </Form>
        </details>
      )}
    </section>
  );
}

function HeldOn({ hold }: { hold: HoldView }) {
  const { t } = useTranslation("staff");
  if (hold.lead !== null)
    return (
      <Link to={paths.staff.lead(hold.lead.id)}>{t("retention.ofLead", { number: hold.lead.number })}</Link>
    );
  return (
    <>{hold.dossier === null ? t("retention.ofHidden") : t("retention.ofDossier", { name: hold.dossier })}</>
  );
}

function EndHold({ hold, failed }: { hold: HoldView; failed: Failed }) {
  const { t } = useTranslation("staff");
  const form = `hold-${hold.id}`;
  return (
    <details className={controls.disclosure} open={failed !== null || undefined}>
      <summary>{t("retention.endTitle")}</summary>
      <Form method="post">
        <ErrorSummary form={form} state={failed} refusal={failed?.refusal} />
        <input type="hidden" name="intent" value="end" />
        <input type="hidden" name="holdId" value={hold.id} />
        <TextAreaField form={form} name="reason" label={t("retention.reason")} state={failed} />
        <SubmitButton kind="plain">{t("retention.end")}</SubmitButton>
      </Form>
    </details>
  );
}
