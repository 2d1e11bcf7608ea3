import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import type { catalogueZh } from "~/i18n/zh-CN/catalogue";
import { Notice } from "../Notice";
import css from "./claim.module.css";

type Refused = keyof (typeof catalogueZh)["claim"]["refused"];
const REFUSED: readonly Refused[] = [
  "claim_closed",
  "claim_on_line",
  "cash_limit",
  "no_window",
  "no_code_here",
  "claimant_not_here",
  "too_many_codes",
  "payee_keys_missing",
];

export function sayRefused(t: TFunction, code: string): string {
  return t(`claim.refused.${REFUSED.find((one) => one === code) ?? "other"}`);
}

/** Why the last try came to nothing. */
export function Refusal({ code }: { code: string | null }) {
  const { t } = useTranslation();
  if (code === null) return null;
  return (
    <div role="alert">
      <Notice kind="warning">
        <p>{sayRefused(t, code)}</p>
      </Notice>
    </div>
  );
}

export function Amount({ fen }: { fen: bigint }) {
  const { t } = useTranslation();
  return (
    <p className={css.small}>
      {t("claim.amount")} {formatFen(fen)}
    </p>
  );
}
