import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { CHOSEN_CLOSURES } from "~/forms/move";
import type { Option } from "~server/packs/list-options";
import type { MoveNeed, Stage } from "~server/triage/stages";
import { ErrorSummary } from "./ErrorSummary";
import { SelectField, TextAreaField, TextField, type FormState } from "./Field";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";

export type MoveView = { readonly to: Stage; readonly needs: readonly MoveNeed[] };

/** One form a move, each with the fields it needs; the one asked for, or refused, stands open. */
export function MoveForms({
  moves,
  version,
  agencies,
  asked,
  leadId,
  failed,
}: {
  moves: readonly MoveView[];
  version: number;
  agencies: readonly Option[];
  asked: string | null;
  /** On a page of many leads: which one the forms move. */
  leadId?: string;
  failed: { to: string; state: FormState; refusal: string | null } | null;
}) {
  const { t } = useTranslation("staff");
  return (
    <>
      {moves.map((move) => {
        const own = failed?.to === move.to ? failed : null;
        const form = `move-${move.to}`;
        const state = own?.state ?? null;
        const needs = (need: MoveNeed) => move.needs.includes(need);
        const hint = t(`lead.moveHints.${move.to}`);
        return (
          <details
            key={move.to}
            id={form}
            className={controls.disclosure}
            open={own !== null || asked === move.to || undefined}
          >
            <summary>{t(`lead.moveVerbs.${move.to}`)}</summary>
            <Form method="post">
              <ErrorSummary form={form} state={state} refusal={own?.refusal} />
              {hint !== "" && <p className={controls.hint}>{hint}</p>}
              <input type="hidden" name="intent" value="move" />
              {leadId !== undefined && <input type="hidden" name="leadId" value={leadId} />}
              <input type="hidden" name="to" value={move.to} />
              <input type="hidden" name="version" value={version} />
              {needs("closure") && (
                <SelectField
                  form={form}
                  name="closureCode"
                  label={t("lead.closure")}
                  options={CHOSEN_CLOSURES.map((code) => ({ value: code, label: t(`closures.${code}`) }))}
                  empty={t("lead.choose")}
                  state={state}
                />
              )}
              {needs("legal_basis") && (
                <TextField
                  form={form}
                  name="legalBasis"
                  label={t("lead.legalBasis")}
                  hint={t("lead.legalBasisHint")}
                  maxLength={300}
                  state={state}
                />
              )}
              {needs("proposed_body") && (
                <SelectField
                  form={form}
                  name="proposedBody"
                  label={t("lead.proposedBody")}
                  options={agencies}
                  empty={t("lead.choose")}
                  state={state}
                />
              )}
              {move.needs.length > 0 && !(move.needs.length === 1 && needs("verified_finding")) && (
                <TextAreaField form={form} name="note" label={t("lead.note")} state={state} />
              )}
              <SubmitButton>{t(`lead.moveVerbs.${move.to}`)}</SubmitButton>
            </Form>
          </details>
        );
      })}
    </>
  );
}
