import type { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import type { staffLead } from "~/i18n/zh-CN/staff-lead";
import type { BodyView, FactView, RouteView } from "~server/routing/present-decision";

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

/** Bodies by the plan's words, with the name each has today, or the office of the place. */
export function bodiesText(bodies: readonly BodyView[], t: StaffText): string {
  return bodies
    .map(({ name, today, office }) =>
      office !== null
        ? t("routing.why.officeOf", { office, plan: name })
        : today === null
          ? name
          : name + t("routing.rules.today", { name: today }),
    )
    .join(t("separator"));
}

/** 因为……，依据……，由……牵头: the whole answer in one sentence, for somebody new to the office; then what the place adds. */
export function becauseOf(decision: RouteView & { readonly document: string }, t: StaffText): string {
  const reasons = decision.basis.filter(({ kind }) => kind === "sector" || kind === "fallback");
  const [first] = reasons;
  const settling = decision.unsettled !== null;
  const cited = settling && first !== undefined ? [first] : reasons;
  const { document, unsettled, responsible, reportTo } = decision;
  // A plan without a number of its own is cited by the name it has in its collection.
  const rule = [...new Set(cited.map((one) => one.clause))].join(t("separator"));
  const clashes = decision.contradictions.some(({ to }) => to === "fallback");
  const sentence =
    !decision.byFallback || settling ? "because" : clashes ? "becauseClash" : "becauseFallback";
  const because = t(`routing.why.${sentence}`, {
    facts: reasons.map(({ matched }) => factsText(matched, t)).join("，") || t("lead.facts.otherwise"),
    basis: document.includes(rule) ? document : `${document}（${rule}）`,
    lead: bodiesText(decision.ruledLead, t),
  });
  const clause = decision.basis.find(({ kind }) => kind === "territory")?.clause ?? "";
  return [
    because,
    ...(unsettled === null
      ? []
      : [
          t(unsettled.length === 0 ? "routing.why.settlingAlone" : "routing.why.settling", {
            others: bodiesText(unsettled, t),
          }),
        ]),
    ...(responsible.length === 0
      ? []
      : [t("routing.why.responsible", { bodies: bodiesText(responsible, t), clause })]),
    ...(reportTo.length === 0
      ? []
      : [t("routing.why.reportTo", { bodies: bodiesText(reportTo, t), clause })]),
  ].join("");
}
