import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { TextAreaField, TextField } from "~/components/staff/Field";
import { SubmitButton } from "~/components/staff/SubmitButton";
import controls from "~/components/staff/controls.module.css";
import { formatInstant } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { DossierFailure } from "~server/dossiers/act-on-dossier.server";
import type { Shared } from "~server/dossiers/find-links.server";
import type { DossierMerge } from "~server/dossiers/read-dossier.server";
import type { Suggestion } from "~server/dossiers/suggest-merges.server";
import type { Dismissal } from "~server/dossiers/list-dismissals.server";
import { DismissForm, Dismissals } from "./Dismissals";
import styles from "./dossier.module.css";

/** What two dossiers share, one line each. */
export function SharedThings({ shared }: { shared: readonly Shared[] }) {
  const { t } = useTranslation("staff");
  return shared.map(({ kind, value }) => (
    <li key={`${kind}:${value}`}>{t(`dossiers.shared.${kind}`, { value })}</li>
  ));
}

/** Dossiers that may be the same subject, each with why, and the form that merges one into this. */
export function DossierSuggestions({
  version,
  suggestions,
  dismissals,
  mayMerge,
  failed,
}: {
  version: number;
  suggestions: readonly Suggestion[];
  dismissals: readonly Dismissal[];
  mayMerge: boolean;
  failed: DossierFailure | null;
}) {
  const { t } = useTranslation("staff");
  const merging = failed?.intent === "merge" ? failed : null;
  const ofSuggestion = suggestions.some(({ leadNumber }) => String(leadNumber) === merging?.of);
  return (
    <section className={controls.card} aria-labelledby="suggestions-title">
      <h2 id="suggestions-title">{t("dossiers.suggestionsTitle")}</h2>
      <p className={controls.hint}>
        {t(suggestions.length === 0 ? "dossiers.suggestionsNone" : "dossiers.suggestionsHint")}
      </p>
      <ul className={styles.list}>
        {suggestions.map((one) => (
          <li key={one.dossierId} className={styles.item}>
            <p className={styles.itemName}>
              <Link to={paths.staff.dossier(one.dossierId)}>{one.name}</Link>
            </p>
            <p className={styles.itemMeta}>
              {t("dossiers.score", { score: one.score })} · {t("lead.number", { number: one.leadNumber })}
            </p>
            <ul className={styles.why}>
              {one.likeName !== null && <li>{t("dossiers.likeName", one.likeName)}</li>}
              <SharedThings shared={one.shared} />
            </ul>
            {mayMerge && (
              <MergeForm
                form={`merge-${one.leadNumber}`}
                version={version}
                other={one}
                failed={merging?.of === String(one.leadNumber) ? merging : null}
              />
            )}
            {mayMerge && <DismissForm other={one} failed={failed} />}
          </li>
        ))}
      </ul>
      {mayMerge && (
        <MergeForm form="merge" version={version} other={null} failed={ofSuggestion ? null : merging} />
      )}
      <Dismissals dismissals={dismissals} mayRestore={mayMerge} failed={failed} />
    </section>
  );
}

function MergeForm({
  form,
  version,
  other,
  failed,
}: {
  form: string;
  version: number;
  other: Suggestion | null;
  failed: DossierFailure | null;
}) {
  const { t } = useTranslation("staff");
  return (
    <details className={controls.disclosure} open={failed !== null || undefined}>
      <summary>
        {other === null ? t("dossiers.mergeTitle") : t("dossiers.mergeOf", { name: other.name })}
      </summary>
      <Form method="post">
        <ErrorSummary form={form} state={failed?.state} refusal={failed?.refusal} />
        <p className={controls.hint}>{t("dossiers.mergeHint")}</p>
        <input type="hidden" name="intent" value="merge" />
        <input type="hidden" name="version" value={version} />
        {other === null ? (
          <TextField
            form={form}
            name="leadNumber"
            label={t("dossiers.mergeNumber")}
            inputMode="numeric"
            state={failed?.state}
          />
        ) : (
          <>
            <input type="hidden" name="leadNumber" value={other.leadNumber} />
            <input type="hidden" name="otherVersion" value={other.version} />
          </>
        )}
        <TextAreaField form={form} name="reason" label={t("dossiers.mergeReason")} state={failed?.state} />
        <SubmitButton label={other === null ? undefined : t("dossiers.mergeOf", { name: other.name })}>
          {t("dossiers.mergeButton")}
        </SubmitButton>
      </Form>
    </details>
  );
}

/** What was merged into this dossier, what was undone again, and what became of the tips. */
export function DossierMerges({
  merges,
  failed,
}: {
  merges: readonly DossierMerge[];
  failed: DossierFailure | null;
}) {
  const { t } = useTranslation("staff");
  if (merges.length === 0) return null;
  return (
    <section className={controls.card} id="merges" aria-labelledby="merges-title">
      <h2 id="merges-title">{t("dossiers.mergesTitle")}</h2>
      <ul className={styles.list}>
        {merges.map((merge) => {
          const own = failed?.intent === "unmerge" && failed.of === merge.id ? failed : null;
          return (
            <li key={merge.id} className={styles.item}>
              <p className={styles.itemName}>{merge.name}</p>
              <p className={styles.itemMeta}>
                {t("dossiers.mergeLine", {
                  day: formatInstant(merge.at),
                  by: merge.by,
                  reason: merge.reason,
                })}
              </p>
              {merge.undone !== null && <Undone undone={merge.undone} />}
              {merge.mayUndo && <UndoForm merge={merge} failed={own} />}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Undone({ undone }: { undone: NonNullable<DossierMerge["undone"]> }) {
  const { t } = useTranslation("staff");
  const { by, at, reason, result } = undone;
  const moved = result !== null && Object.values(result).some((count) => count > 0);
  return (
    <>
      <p className={styles.itemMeta}>{t("dossiers.undoLine", { day: formatInstant(at), by, reason })}</p>
      <p>{moved ? t("dossiers.undoResult", result) : t("dossiers.undoPointers")}</p>
    </>
  );
}

function UndoForm({ merge, failed }: { merge: DossierMerge; failed: DossierFailure | null }) {
  const { t } = useTranslation("staff");
  const form = `undo-${merge.id}`;
  return (
    <details className={controls.disclosure} open={failed !== null || undefined}>
      <summary>{t("dossiers.undoOf", { name: merge.name })}</summary>
      <Form method="post">
        <ErrorSummary form={form} state={failed?.state} refusal={failed?.refusal} />
        <p className={controls.hint}>{t("dossiers.undoHint")}</p>
        <input type="hidden" name="intent" value="unmerge" />
        <input type="hidden" name="mergeId" value={merge.id} />
        <TextAreaField form={form} name="undoReason" label={t("dossiers.undoReason")} state={failed?.state} />
        <SubmitButton kind="danger">{t("dossiers.undo")}</SubmitButton>
      </Form>
    </details>
  );
}
