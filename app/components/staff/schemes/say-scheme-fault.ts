import type { useTranslation } from "react-i18next";
import { formatMoney } from "~/forms/format-money";
import {
  tellApart,
  type FaultQuantity,
  type FaultSubject,
  type NamedRule,
  type SchemeFault,
} from "~server/rewards/scheme-faults";
import type { AmountBound, Currency } from "~server/rewards/scheme-parts";

type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

/** Why a scheme's rules cannot stand together, in the page's language; the commands say the same in English. */
export function saySchemeFault(fault: SchemeFault & { readonly currency: Currency }, t: StaffText): string {
  const { currency } = fault;
  const detail = tellApart(fault);
  const quantity = (one: FaultQuantity | undefined) =>
    one === undefined ? "" : "rate" in one ? one.rate : sayAmount(one.amount, currency, t);
  const name = (rule: NamedRule | undefined) => {
    if (rule === undefined) return "";
    const { clause, place } = rule;
    const put = { title: rule.title?.zh ?? place, bounds: sayBounds(rule, currency, t), place };
    return detail === "clause"
      ? t("schemes.faults.named.clause", { clause })
      : t("schemes.faults.named.more", { clause, more: put[detail] });
  };
  return t(`schemes.faults.kinds.${fault.kind}`, {
    one: name(fault.one),
    other: name(fault.other),
    subject: fault.subject === undefined ? "" : saySubject(fault.subject, t),
    word: fault.word ?? "",
    low: quantity(fault.low),
    high: quantity(fault.high),
  });
}

function saySubject(subject: FaultSubject, t: StaffText): string {
  switch (subject.of) {
    case "grade":
    case "id":
      return t(`schemes.faults.subjects.${subject.of}`, { value: subject.value });
    case "base":
    case "minimum":
      return t(`schemes.faults.subjects.${subject.of}`, {
        value: t(`schemes.faults.bases.${subject.value}`),
      });
    case "everyCase":
    case "noBase":
    case "sameCases":
      return t(`schemes.faults.subjects.${subject.of}`);
  }
}

/** Minor units as people write them: 50,000,000元. */
function sayAmount(value: string, currency: Currency, t: StaffText): string {
  const amount = formatMoney(value, currency).amount.replace(/^\D+/, "").replace(/\.00$/, "");
  return t(`schemes.faults.amounts.${currency}`, { amount });
}

function sayBounds({ from, to }: NamedRule, currency: Currency, t: StaffText): string {
  const say = (end: AmountBound | null | undefined, included: "from" | "to", excluded: "above" | "below") =>
    end
      ? t(`schemes.faults.bounds.${end.inclusive ? included : excluded}`, {
          amount: sayAmount(end.value, currency, t),
        })
      : "";
  const said = `${say(from, "from", "above")}${say(to, "to", "below")}`;
  return said === "" ? t("schemes.faults.bounds.all") : said;
}
