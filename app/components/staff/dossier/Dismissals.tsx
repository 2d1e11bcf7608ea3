import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { TextAreaField } from "~/components/staff/Field";
import { SubmitButton } from "~/components/staff/SubmitButton";
import controls from "~/components/staff/controls.module.css";
import { formatInstant } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { DossierFailure } from "~server/dossiers/act-on-dossier.server";
import type { Dismissal } from "~server/dossiers/list-dismissals.server";
import type { Suggestion } from "~server/dossiers/suggest-merges.server";
import styles from "./dossier.module.css";

/** Says that a suggested dossier is another subject. */
export function DismissForm({ other, failed }: { other: Suggestion; failed: DossierFailure | null }) {
  const { t } = useTranslation("staff");
  const form = `dismiss-${String(other.leadNumber)}`;
  const own = failed?.intent === "dismiss" && failed.of === other.dossierId ? failed : null;
  return (
    <details className={controls.disclosure} open={own !== null || undefined}>
      <summary>{t("dossiers.dismissOf", { name: other.name })}</summary>
      <Form method="post">
        <ErrorSummary form={form} state={own?.state} refusal={own?.refusal} />
        <p className={controls.hint}>{t("dossiers.dismissHint")}</p>
        <input type="hidden" name="intent" value="dismiss" />
        <input type="hidden" name="otherId" value={other.dossierId} />
        <TextAreaField
          form={form}
          name="dismissReason"
          label={t("dossiers.dismissReason")}
          state={own?.state}
        />
        <SubmitButton kind="plain" label={t("dossiers.dismissOf", { name: other.name })}>
          {t("dossiers.dismiss")}
        </SubmitButton>
      </Form>
    </details>
  );
}

/** What was judged to be another subject, by whom, and the way back. */
export function Dismissals({
  dismissals,
  mayRestore,
  failed,
}: {
  dismissals: readonly Dismissal[];
  mayRestore: boolean;
  failed: DossierFailure | null;
}) {
  const { t } = useTranslation("staff");
  const refused = failed?.intent === "restore" ? failed : null;
  if (dismissals.length === 0 && refused === null) return null;
  return (
    <>
      <h3>{t("dossiers.dismissedTitle")}</h3>
      <ErrorSummary form="restore" state={refused?.state} refusal={refused?.refusal} />
      <ul className={styles.list}>
        {dismissals.map(({ id, dossierId, name, reason, by, at }) => (
          <li key={id} className={styles.item}>
            <p className={styles.itemName}>
              <Link to={paths.staff.dossier(dossierId)}>{name}</Link>
            </p>
            <p className={styles.itemMeta}>
              {t("dossiers.dismissedLine", { day: formatInstant(at), by, reason })}
            </p>
            {mayRestore && (
              <Form method="post">
                <input type="hidden" name="intent" value="restore" />
                <input type="hidden" name="dismissalId" value={id} />
                <SubmitButton kind="quiet" label={t("dossiers.restoreOf", { name })}>
                  {t("dossiers.restore")}
                </SubmitButton>
              </Form>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
