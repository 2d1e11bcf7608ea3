import type { TFunction } from "i18next";
import type { FieldErrors, FieldName, Values } from "~/forms/report-fields";
import { catalogueZh, type Catalogue } from "~/i18n/zh-CN/catalogue";
import type { Offer } from "~server/intake/offer-step.server";

export type StepProps = { readonly values: Values; readonly errors: FieldErrors; readonly offer: Offer };

type ErrorKey = keyof Catalogue["report"]["errors"];

function isErrorKey(key: string): key is ErrorKey {
  return Object.hasOwn(catalogueZh.report.errors, key);
}

/** The sentence for a field's fault; a fault without a sentence of its own asks to fill the field in. */
export function sayError(t: TFunction, errors: FieldErrors, field: FieldName): string | undefined {
  const key = errors[field];
  if (key === undefined) return undefined;
  return t(`report.errors.${isErrorKey(key) ? key : "required"}`);
}
