import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { agreedTo } from "~/forms/step-up-subjects";
import { capitalAmount } from "~server/rewards/capital-amount";
import type { FoundAtWindow, WindowFailure } from "~server/windows/act-on-window.server";
import { ErrorSummary } from "../ErrorSummary";
import { SelectField, TextField } from "../Field";
import { StepUpForm } from "../StepUpForm";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./window.module.css";

const KINDS = ["notarised_inheritance", "court_decision", "village_proof", "other_legal"] as const;

/** The counter: a code is typed, its award is shown without a name, and the clerk's passkey pays it. */
export function CodeDesk({
  window,
  locked,
  wrong,
  counted,
  may,
  answer,
}: {
  window: { id: string; nameZh: string };
  locked: boolean;
  wrong: number;
  counted: boolean;
  may: { pay: boolean; unlock: boolean };
  answer: WindowFailure | FoundAtWindow | null;
}) {
  const { t } = useTranslation("staff");
  const mine =
    answer?.kind === "failed" && ["find", "pay", "papers", "unlock"].includes(answer.intent) ? answer : null;
  return (
    <section className={controls.card} aria-labelledby="desk-title">
      <h2 id="desk-title">
        {window.nameZh} · {t("window.pay.title")}
      </h2>
      <ErrorSummary form="desk" state={mine?.state} refusal={mine?.refusal} />
      {locked ? (
        <>
          <p>
            <strong>{t("window.locked.title")}</strong>
          </p>
          <p>{t("window.locked.body")}</p>
          {may.unlock && (
            <Form method="post">
              <input type="hidden" name="windowId" value={window.id} />
              <input type="hidden" name="intent" value="unlock" />
              <SubmitButton kind="plain">{t("window.locked.unlock")}</SubmitButton>
            </Form>
          )}
        </>
      ) : counted ? (
        <p className={controls.muted}>{t("window.pay.closed")}</p>
      ) : answer?.kind === "found" && may.pay ? (
        <Found windowId={window.id} found={answer} />
      ) : may.pay ? (
        <Form method="post" autoComplete="off">
          <input type="hidden" name="windowId" value={window.id} />
          <input type="hidden" name="intent" value="find" />
          {wrong > 0 && <p className={controls.muted}>{t("window.pay.slow", { count: wrong })}</p>}
          <TextField
            form="desk"
            name="typed"
            state={mine?.state}
            label={t("window.pay.label")}
            hint={t("window.pay.hint")}
            maxLength={80}
          />
          <SubmitButton>{t("window.pay.find")}</SubmitButton>
        </Form>
      ) : (
        <p className={controls.muted}>{t("window.readOnly")}</p>
      )}
    </section>
  );
}

function Found({ windowId, found }: { windowId: string; found: FoundAtWindow }) {
  const { t } = useTranslation("staff");
  const { claim, held } = found;
  const { papers } = claim;
  const hidden = (
    <>
      <input type="hidden" name="windowId" value={windowId} />
      <input type="hidden" name="awardId" value={claim.awardId} />
      <input type="hidden" name="held" value={held} />
    </>
  );
  return (
    <>
      <p role="status">
        <strong>{t("window.pay.found")}</strong>
      </p>
      <p className={styles.amount}>{formatFen(claim.amountFen)}</p>
      <dl className={styles.facts}>
        <div>
          <dt>{t("window.pay.capital")}</dt>
          <dd>{t("window.pay.words", { words: capitalAmount(claim.amountFen) })}</dd>
        </div>
        <div>
          <dt>{t("window.pay.codeName")}</dt>
          <dd>{claim.codeName}</dd>
        </div>
        <div>
          <dt>{t("window.pay.claimant")}</dt>
          <dd>{t(`window.pay.claimants.${claim.claimant}`)}</dd>
        </div>
      </dl>
      {papers !== null && papers.seen < 2 ? (
        <>
          <h3>{t("window.papers.title")}</h3>
          <p>{t("window.papers.lead")}</p>
          {papers.byYou ? (
            <p>{t("window.papers.wait")}</p>
          ) : (
            <Form method="post">
              {hidden}
              <input type="hidden" name="intent" value="papers" />
              {papers.seen === 1 ? (
                <p>
                  {t("window.papers.seenKind", {
                    kind: t(`window.papers.kinds.${kindOf(papers.kind)}`),
                  })}
                </p>
              ) : (
                <SelectField
                  form="desk"
                  name="papersKind"
                  label={t("window.papers.kind")}
                  options={KINDS.map((value) => ({ value, label: t(`window.papers.kinds.${value}`) }))}
                />
              )}
              <SubmitButton>
                {t(papers.seen === 1 ? "window.papers.second" : "window.papers.first")}
              </SubmitButton>
            </Form>
          )}
        </>
      ) : (
        <>
          <p>{t("window.pay.once")}</p>
          <StepUpForm name="pay" of={() => agreedTo.windowPayment({ windowId, awardId: claim.awardId })}>
            {hidden}
            <input type="hidden" name="intent" value="pay" />
            <SubmitButton>{t("window.pay.confirm")}</SubmitButton>
          </StepUpForm>
        </>
      )}
      <Form method="get">
        <input type="hidden" name="window" value={windowId} />
        <SubmitButton kind="plain">{t("window.pay.another")}</SubmitButton>
      </Form>
    </>
  );
}

function kindOf(kind: string | null): (typeof KINDS)[number] {
  return KINDS.find((one) => one === kind) ?? "other_legal";
}
