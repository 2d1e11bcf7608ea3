import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { CHOSEN_CLOSURES } from "~/forms/move";
import { textOf } from "~/forms/parse-form";
import type { Option } from "~server/packs/list-options";
import type { BulkSet } from "~server/triage/act-on-set.server";
import { ErrorSummary } from "./ErrorSummary";
import { SelectField, TextAreaField, TextField, type FormState } from "./Field";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";

/** What to do with all leads of a frozen set: give them to somebody, or move them. */
export function BulkForm({
  set,
  agencies,
  failed,
}: {
  set: Pick<BulkSet, "rows" | "moves" | "people">;
  agencies: readonly Option[];
  failed: { readonly state: FormState; readonly refusal: string | null } | null;
}) {
  const { t } = useTranslation("staff");
  const of = (act: string) => (textOf(failed?.state.values, "act") === act ? failed : null);
  const [assigning, moving] = [of("assign"), of("move")];
  const count = set.rows.length;
  const needs = new Set(set.moves.flatMap((move) => move.needs));
  return (
    <>
      <section className={controls.card} aria-labelledby="bulk-assign-title">
        <h2 id="bulk-assign-title">{t("bulk.assign")}</h2>
        <Form method="post">
          <ErrorSummary form="bulk-assign" state={assigning?.state} refusal={assigning?.refusal} />
          <input type="hidden" name="act" value="assign" />
          <SelectField
            form="bulk-assign"
            name="assignee"
            label={t("assign.to")}
            options={[
              { value: "me", label: t("assign.me") },
              { value: "turn", label: t("assign.turn") },
              { value: "nobody", label: t("assign.release") },
              ...set.people.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            empty={t("lead.choose")}
            state={assigning?.state ?? null}
          />
          <SubmitButton>{t("bulk.assignButton", { count })}</SubmitButton>
        </Form>
      </section>
      {set.moves.length > 0 && (
        <section className={controls.card} aria-labelledby="bulk-move-title">
          <h2 id="bulk-move-title">{t("bulk.move")}</h2>
          <p className={controls.muted}>{t("bulk.moveHint")}</p>
          <Form method="post">
            <ErrorSummary form="bulk-move" state={moving?.state} refusal={moving?.refusal} />
            <input type="hidden" name="act" value="move" />
            <SelectField
              form="bulk-move"
              name="to"
              label={t("bulk.to")}
              options={set.moves.map(({ to }) => ({ value: to, label: t(`lead.moveVerbs.${to}`) }))}
              empty={t("lead.choose")}
              state={moving?.state ?? null}
            />
            {needs.has("closure") && (
              <SelectField
                form="bulk-move"
                name="closureCode"
                label={t("lead.closure")}
                options={CHOSEN_CLOSURES.map((code) => ({ value: code, label: t(`closures.${code}`) }))}
                empty={t("lead.choose")}
                state={moving?.state ?? null}
              />
            )}
            {needs.has("legal_basis") && (
              <TextField
                form="bulk-move"
                name="legalBasis"
                label={t("lead.legalBasis")}
                hint={t("lead.legalBasisHint")}
                maxLength={300}
                state={moving?.state ?? null}
              />
            )}
            {needs.has("proposed_body") && (
              <SelectField
                form="bulk-move"
                name="proposedBody"
                label={t("lead.proposedBody")}
                options={agencies}
                empty={t("lead.choose")}
                state={moving?.state ?? null}
              />
            )}
            <TextAreaField
              form="bulk-move"
              name="note"
              label={t("lead.note")}
              state={moving?.state ?? null}
            />
            <SubmitButton>{t("bulk.moveButton", { count })}</SubmitButton>
          </Form>
        </section>
      )}
    </>
  );
}
