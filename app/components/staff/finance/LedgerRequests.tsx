import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay, formatInstant } from "~/i18n/format-date";
import { formatFen } from "~/forms/money";
import { paths } from "~/paths";
import { agreedTo } from "~/forms/step-up-subjects";
import type { staffLedgerActs } from "~/i18n/zh-CN/staff-ledger-acts";
import type { RequestOutcome } from "~server/ledger/act-on-requests.server";
import type { RequestKind } from "~server/ledger/ledger-requests";
import type { RequestRow } from "~server/ledger/list-requests.server";
import { ErrorSummary } from "../ErrorSummary";
import { TextField } from "../Field";
import { StepUpForm } from "../StepUpForm";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import finance from "./finance.module.css";

type Failed = Extract<RequestOutcome, { ok: false }>;
type Ground = keyof typeof staffLedgerActs.grounds;
/** A row as the loader hands it on: why a year cannot be closed now is a sentence. */
export type ShownRequest = RequestRow & { readonly planRefused: string | null };

/** Of kinds that book nothing. */
const AGREE = { pay: "ledgerActs.agreeOrder", end_order: "ledgerActs.agreeEnd" } as Partial<
  Record<RequestKind, "ledgerActs.agreeOrder" | "ledgerActs.agreeEnd">
>;

type Shared = {
  /** The award whose acts these are; null for all. */
  readonly about: string | null;
  readonly ownId: string;
  readonly mayAgree: boolean;
  readonly mayAnswer: boolean;
  readonly failed: Failed | null;
};

/** Acts by two: those that wait for the second person first, then what became of the others. */
export function LedgerRequests({
  rows,
  first,
  ...shared
}: Shared & {
  rows: readonly ShownRequest[];
  /** Whether this is the list's first page, where those that wait stand. */
  first: boolean;
}) {
  const { t } = useTranslation("staff");
  const cards = (of: readonly ShownRequest[]) =>
    of.map((row) => <RequestCard key={row.id} row={row} {...shared} />);
  const waiting = rows.filter(({ outcome }) => outcome === null);
  const earlier = rows.filter(({ outcome }) => outcome !== null);
  return (
    <>
      {(first || waiting.length > 0) && (
        <section aria-labelledby="requests-title">
          <h2 id="requests-title">{t("ledgerActs.waiting")}</h2>
          {rows.length === 0 ? (
            <p className={controls.empty}>
              {t(shared.about === null ? "ledgerActs.empty" : "ledgerActs.emptyForAward")}
            </p>
          ) : waiting.length === 0 ? (
            <p className={controls.muted}>{t("ledgerActs.waitingNone")}</p>
          ) : (
            cards(waiting)
          )}
        </section>
      )}
      {earlier.length > 0 && (
        <section aria-labelledby="earlier-title">
          <h2 id="earlier-title">{t("ledgerActs.earlier")}</h2>
          {cards(earlier)}
        </section>
      )}
    </>
  );
}

function RequestCard({ row, about, ownId, mayAgree, mayAnswer, failed }: Shared & { row: ShownRequest }) {
  const { t } = useTranslation("staff");
  const own = row.by.id === ownId;
  const mine = failed?.requestId === row.id ? failed : null;
  const standing = standingOf(row);
  return (
    <article className={controls.card} aria-labelledby={`request-${row.id}`}>
      <div className={finance.head}>
        <h3 id={`request-${row.id}`}>{t(`ledgerActs.kinds.${row.asked.kind}`)}</h3>
        <span className={controls.tag} data-tone={TONES[standing]}>
          {t(`ledgerActs.states.${standing}`)}
        </span>
      </div>
      <p>
        <Said row={row} />
        {row.award !== null && about === null && (
          <>
            {" "}
            <Link to={paths.staff.award(row.award.id)}>{t("ledgerActs.toAward")}</Link>
          </>
        )}
      </p>
      <p>{t("ledgerActs.because", { reason: row.reason })}</p>
      <p className={controls.muted}>
        {t("ledgerActs.by", { name: row.by.name, at: formatInstant(new Date(row.at)) })}
      </p>
      {row.outcome !== null && (
        <p>
          {t(`ledgerActs.decided.${row.order === null ? (row.outcome as "agreed") : "ordered"}`, {
            name: row.decidedBy ?? "",
            at: row.decidedAt === null ? "" : formatInstant(new Date(row.decidedAt)),
            answer: row.answer ?? "",
          })}
        </p>
      )}
      {row.order !== null && <Order order={row.order} />}
      {row.plan !== null && (
        <p className={controls.hint}>
          {row.planRefused === null
            ? t("ledgerActs.plan", {
                available: formatFen(row.plan.availableFen),
                carried: formatFen(row.plan.carriedFen),
                lapsed: formatFen(row.plan.lapsedFen),
                count: row.plan.awards.length,
                promised: formatFen(row.plan.encumberedFen),
              })
            : t("ledgerActs.planRefused", { why: row.planRefused })}
        </p>
      )}
      <ErrorSummary form={`request-${row.id}`} state={mine?.state} refusal={mine?.refusal} />
      {row.outcome === null && own && <p className={controls.hint}>{t("ledgerActs.own")}</p>}
      {row.outcome === null && !mayAgree && !own && (
        <p className={controls.hint}>{t("ledgerActs.approverAgrees")}</p>
      )}
      {row.outcome === null && mayAgree && !own && (
        <StepUpForm
          name={`agree-${row.id}`}
          of={() => agreedTo.ledgerAgreed({ requestId: row.id, digest: row.digest })}
        >
          <input type="hidden" name="intent" value="agree" />
          {about !== null && <input type="hidden" name="about" value={about} />}
          <input type="hidden" name="requestId" value={row.id} />
          <input type="hidden" name="digest" value={row.digest} />
          <SubmitButton>{t(AGREE[row.asked.kind] ?? "ledgerActs.agree")}</SubmitButton>
        </StepUpForm>
      )}
      {row.outcome === null && mayAnswer && (
        <Form method="post" noValidate preventScrollReset className={controls.spacedTop}>
          <input type="hidden" name="intent" value="decline" />
          {about !== null && <input type="hidden" name="about" value={about} />}
          <input type="hidden" name="requestId" value={row.id} />
          <TextField
            form={`request-${row.id}`}
            name="answer"
            label={t(own ? "ledgerActs.withdrawWhy" : "ledgerActs.answer")}
            state={mine?.intent === "decline" ? mine.state : null}
            maxLength={300}
          />
          <SubmitButton kind="plain">{t(own ? "ledgerActs.withdraw" : "ledgerActs.decline")}</SubmitButton>
        </Form>
      )}
      {about === null && row.award !== null && row.order !== null && isOpen(row.order) && mayAnswer && (
        <p>
          <Link to={paths.staff.budgetActs(row.award.id)}>{t("ledgerActs.toEnd")}</Link>
        </p>
      )}
    </article>
  );
}

type Standing = keyof typeof staffLedgerActs.states;

/** Where a request stands, and of an order to pay that was agreed to what became of it, in one word of the catalogue. */
function standingOf({ outcome, order }: RequestRow): Standing {
  if (outcome === null) return "waiting";
  return order?.state ?? (outcome as "agreed" | "refused" | "withdrawn");
}

const TONES: Partial<Record<Standing, string>> = {
  waiting: "waiting",
  stands: "waiting",
  agreed: "done",
  spent: "done",
};

/** Whether an order may still be taken back: nobody did, and it was not carried out. */
function isOpen({ state }: NonNullable<RequestRow["order"]>): boolean {
  return state === "stands" || state === "over";
}

/** What became of an order to pay by hand. */
function Order({ order }: { order: NonNullable<RequestRow["order"]> }) {
  const { t } = useTranslation("staff");
  return (
    <p>
      {t(`ledgerActs.order.${order.state}`, {
        day: formatDay(order.until),
        name: order.endedBy ?? "",
        at: order.endedAt === null ? "" : formatInstant(new Date(order.endedAt)),
        why: order.endedWhy ?? "",
      })}
      {order.state === "stands" && order.reference !== null && (
        <> {t("ledgerActs.order.forBank", { reference: order.reference })}</>
      )}
    </p>
  );
}

function Said({ row }: { row: RequestRow }) {
  const { t } = useTranslation("staff");
  const { asked } = row;
  const budget = { source: row.budget?.source ?? "", year: row.budget?.year ?? "" };
  const codeName = row.award?.codeName ?? "";
  switch (asked.kind) {
    case "open":
      return t(row.agency === null ? "ledgerActs.says.open" : "ledgerActs.says.openOf", {
        agency: row.agency ?? "",
        source: asked.source,
        year: asked.fiscalYear,
        amount: formatFen(asked.amountFen),
        day: formatDay(asked.eventOn),
      });
    case "adjust": {
      const more = asked.amountFen > 0n;
      return t(more ? "ledgerActs.says.adjustMore" : "ledgerActs.says.adjustLess", {
        ...budget,
        amount: formatFen(more ? asked.amountFen : -asked.amountFen),
        day: formatDay(asked.eventOn),
      });
    }
    case "revoke":
      return t("ledgerActs.says.revoke", { codeName, amount: formatFen(row.award?.amountFen ?? 0n) });
    case "clawback":
      return t("ledgerActs.says.clawback", {
        codeName,
        amount: formatFen(asked.amountFen),
        ground: t(`ledgerActs.grounds.${asked.ground as Ground}`, { defaultValue: asked.ground }),
      });
    case "write_off":
      return t("ledgerActs.says.write_off", { codeName, amount: formatFen(asked.amountFen) });
    case "pay":
      return t("ledgerActs.says.pay", { codeName, amount: formatFen(row.award?.amountFen ?? 0n) });
    case "end_order":
      return t("ledgerActs.says.end_order", { codeName, amount: formatFen(row.award?.amountFen ?? 0n) });
    case "bounce":
      return t("ledgerActs.says.bounce", {
        codeName,
        amount: formatFen(row.award?.amountFen ?? 0n),
        day: formatDay(asked.eventOn),
      });
    case "close_month":
      return t("ledgerActs.says.close_month", { month: formatDay(asked.month) });
    case "close_year":
      return t(asked.carry ? "ledgerActs.says.closeYearCarry" : "ledgerActs.says.closeYearLapse", budget);
  }
}
