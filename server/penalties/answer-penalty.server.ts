import { readAmount } from "~server/rewards/calculate.server";
import { computePenalty } from "./compute-penalty";
import { loadSchedule } from "./load-schedule.server";
import type { PenaltyCase } from "./penalty-grammar";

type Fault = { readonly field: "amount" | "fine" | "days"; readonly kind: "amount" | "days" };

/** What the page of fines shows for its address: the two forms as typed, and what one of them asked for. Amounts in 分. */
export function answerPenalty(query: URLSearchParams, language: "zh" | "en") {
  const schedule = loadSchedule("cn-737");
  if (schedule === null) throw new Error("the schedule of 国务院令第737号 is shipped");
  const said = (name: string) => (query.get(name) ?? "").trim().slice(0, 60);
  const go = said("go");
  const role = said("role") === "assister" ? ("assister" as const) : ("raiser" as const);
  const errors: Fault[] = [];
  const amountOf = (field: "amount" | "fine") => {
    const amount = readAmount(said(field), "CNY");
    if (amount === null) errors.push({ field, kind: "amount" });
    return (amount ?? 0n).toString();
  };
  const fineCase = (): PenaltyCase => {
    const amount = amountOf("amount");
    return role === "raiser" ? { role, raised: amount } : { role, illegalGains: amount };
  };
  const lateCase = (): PenaltyCase => {
    const fine = amountOf("fine");
    const days = said("days").normalize("NFKC");
    const valid = /^\d{1,6}$/.test(days) && Number(days) <= 100_000;
    if (!valid) errors.push({ field: "days", kind: "days" });
    return { fine, daysLate: valid ? Number(days) : 0 };
  };
  const asked = go === "fine" ? fineCase() : go === "late" ? lateCase() : null;
  const result = asked === null || errors.length > 0 ? null : computePenalty(schedule, asked);
  const clause = result?.basis[0]?.clause ?? "";
  return {
    roles: schedule.roles.map((each) => ({
      role: each.role,
      base: each.base,
      title: each.title[language],
      note: each.note[language],
    })),
    values: { role, amount: said("amount"), fine: said("fine"), days: said("days") },
    errors,
    fine: result && "min" in result ? { min: result.min, max: result.max, clause } : null,
    late: result && "lateFee" in result ? { fee: result.lateFee, capped: result.capped, clause } : null,
    lateNote: { text: schedule.lateFee.note[language], clause: schedule.lateFee.clause },
    order: { text: schedule.order.note[language], clause: schedule.order.clause },
    readings: (schedule.readings ?? []).map((each) => each[language]),
  };
}
