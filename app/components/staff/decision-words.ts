import type { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import type { staffLead } from "~/i18n/zh-CN/staff-lead";
import type { FactView, RouteView } from "~server/routing/present-decision";

type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

export function factText({ fact, value }: FactView, t: StaffText): string {
  const shown = fact === "allegedFen" ? formatFen(value) : value || t("unknownSector");
  return t(`lead.facts.${fact as keyof typeof staffLead.facts}`, { value: shown });
}

export function factsText(matched: readonly FactView[], t: StaffText): string {
  return matched.length === 0
    ? t("lead.facts.otherwise")
    : matched.map((fact) => factText(fact, t)).join("，");
}

export function territoryText(territory: RouteView["territory"], t: StaffText): string {
  const cooperate = territory.cooperate.join(t("separator"));
  if (territory.lead === null) {
    return cooperate === "" ? t("lead.territoryNone") : t("lead.territoryTogether", { cooperate });
  }
  return cooperate === ""
    ? t("lead.territoryLead", { place: territory.lead })
    : t("lead.territoryBoth", { lead: territory.lead, cooperate });
}

/** 因为……，依据……，由……牵头: the whole answer in one sentence, for somebody new to the office. */
export function becauseOf(decision: RouteView & { readonly document: string }, t: StaffText): string {
  const reasons = decision.basis.filter(({ kind }) => kind === "sector" || kind === "fallback");
  const { document } = decision;
  // A plan without a number of its own is cited by the name it has in its collection.
  const clause = [...new Set(reasons.map((one) => one.clause))].join(t("separator"));
  const clashes = decision.contradictions.some(({ to }) => to === "fallback");
  const sentence = !decision.byFallback ? "because" : clashes ? "becauseClash" : "becauseFallback";
  return t(`routing.why.${sentence}`, {
    facts: reasons.map(({ matched }) => factsText(matched, t)).join("，") || t("lead.facts.otherwise"),
    basis: document.includes(clause) ? document : `${document}（${clause}）`,
    lead: decision.ruledLead.join(t("separator")),
  });
}
