/** The fields of 一户一档, in the order of the plan (routing.md, 分类处置). */
export const DOSSIER_FIELDS = [
  "shareholders",
  "controller",
  "legal_representative",
  "registered_capital",
  "registered_address",
  "operating_address",
  "branches",
  "stores",
  "products",
  "loan_balance",
  "lenders",
  "trade_volume",
  "customers",
  "operating_model",
  "operating_state",
  "violations",
  "risks",
] as const;
export type DossierField = (typeof DOSSIER_FIELDS)[number];

/** Fields that name one person or place: equal ones link dossiers. */
export const PERSON_FIELDS: readonly DossierField[] = ["controller", "legal_representative"];
export const ADDRESS_FIELDS: readonly DossierField[] = ["registered_address", "operating_address"];
