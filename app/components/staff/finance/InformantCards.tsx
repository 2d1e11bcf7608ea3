import { useTranslation } from "react-i18next";
import { INFORMANT_KINDS } from "~/forms/assessment";
import { clauseText } from "~/forms/clause-text";
import { textOf } from "~/forms/parse-form";
import { formatDay } from "~/i18n/format-date";
import type { Question } from "~server/rewards/list-questions";
import { fieldId, type ErrorKey, type FormState } from "../Field";
import controls from "../controls.module.css";
import styles from "./assess.module.css";

export type InformantView = {
  readonly tipId: string;
  readonly order: number;
  readonly mode: string;
  readonly arrivedOn: string;
  readonly withdrawn: boolean;
  readonly proof: { readonly no: string; readonly hash: string } | null;
};

type Props = {
  readonly form: string;
  readonly questions: readonly Question[];
  readonly weighs: boolean;
  readonly state: FormState | null;
};

/** Who asked for a reward, in the order they came; of each that is listed every question of the scheme. */
export function InformantCards({
  informants,
  ...props
}: Props & { readonly informants: readonly InformantView[] }) {
  return (
    <div className={styles.cards}>
      {informants.map((one) => (
        <InformantCard key={one.tipId} one={one} {...props} />
      ))}
    </div>
  );
}

function InformantCard({ one, form, questions, weighs, state }: Props & { readonly one: InformantView }) {
  const { t } = useTranslation("staff");
  const named = one.mode === "named";
  const who = t("finance.assess.orderValue", { order: one.order });
  // An anonymous report cannot be rewarded as a named one.
  const kinds = INFORMANT_KINDS.filter((kind) => kind !== "named" || named);
  const kept = (name: string, initial: string) =>
    // Somebody listed only now was not in the form as it was sent.
    textOf(state?.values, `treat.${one.tipId}`) === ""
      ? initial
      : textOf(state?.values, `${name}.${one.tipId}`);
  const wire = (name: string) => ({
    id: fieldId(form, `${name}.${one.tipId}`),
    name: `${name}.${one.tipId}`,
    ...(state?.errors[`${name}.${one.tipId}`] === undefined ? {} : { "aria-invalid": true as const }),
  });
  const label = (name: string) => fieldId(form, `${name}.${one.tipId}`);
  const treat = kept("treat", one.order === 1 && !one.withdrawn ? "award" : "skip");
  return (
    <details className={styles.informant} open={treat === "award" || undefined}>
      <summary>
        <strong>{who}</strong> · {t(named ? "finance.assess.modes.named" : "finance.assess.modes.anonymous")}{" "}
        · {formatDay(one.arrivedOn)}
        {one.withdrawn && (
          <>
            {" "}
            <span className={controls.tag} data-tone="major">
              {t("assessment.questions.withdrawn")}
            </span>
          </>
        )}
        <span className={styles.proof}>
          {one.proof === null
            ? t("assessment.questions.unregistered")
            : t("assessment.questions.registered", { no: one.proof.no, hash: one.proof.hash.slice(0, 16) })}
        </span>
      </summary>
      <div className={styles.facts}>
        <p>
          <label htmlFor={label("treat")}>{t("finance.assess.treat")}</label>
          <select {...wire("treat")} className={controls.input} defaultValue={treat}>
            <option value="award">{t("finance.assess.treats.award")}</option>
            <option value="skip">{t("finance.assess.treats.skip")}</option>
          </select>
        </p>
        <p>
          <label htmlFor={label("kind")}>{t("finance.assess.kind")}</label>
          <select
            {...wire("kind")}
            className={controls.input}
            defaultValue={kept("kind", named ? "named" : "anonymous")}
          >
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {t(`finance.assess.kinds.${kind}`)}
              </option>
            ))}
          </select>
        </p>
        {weighs && (
          <p>
            <label htmlFor={label("weight")}>{t("finance.assess.weight")}</label>
            <input
              {...wire("weight")}
              type="text"
              inputMode="decimal"
              autoComplete="off"
              maxLength={12}
              className={controls.input}
              defaultValue={kept("weight", "")}
            />
          </p>
        )}
        <p className={controls.check}>
          <input
            {...wire("joint")}
            type="checkbox"
            value="yes"
            defaultChecked={kept("joint", "") === "yes"}
          />
          <label htmlFor={label("joint")}>{t("assessment.questions.joint")}</label>
        </p>
      </div>
      {questions.map((question) => (
        <QuestionRow key={question.id} {...{ form, question, state, who }} tipId={one.tipId} />
      ))}
    </details>
  );
}

function QuestionRow({
  form,
  tipId,
  question,
  state,
  who,
}: {
  readonly form: string;
  readonly tipId: string;
  readonly question: Question;
  readonly state: FormState | null;
  readonly who: string;
}) {
  const { t } = useTranslation("staff");
  const name = `a.${tipId}.${question.id}`;
  const why = `why.${tipId}.${question.id}`;
  const error = state?.errors[why];
  const given = textOf(state?.values, name);
  return (
    <fieldset className={styles.question}>
      <legend>
        <span className="visually-hidden">{who} </span>
        {question.title}
        <span className={styles.clause}>
          {clauseText(question.clause, "zh")} · {t(`assessment.questions.excludes.${question.excludes}`)}
        </span>
      </legend>
      <div className={styles.answers}>
        {(["yes", "no"] as const).map((answer) => (
          <span key={answer} className={styles.radio}>
            <input
              type="radio"
              id={fieldId(form, `${name}.${answer}`)}
              name={name}
              value={answer}
              defaultChecked={given === answer}
            />
            <label htmlFor={fieldId(form, `${name}.${answer}`)}>{t(`assessment.questions.${answer}`)}</label>
          </span>
        ))}
        <input
          id={fieldId(form, why)}
          name={why}
          type="text"
          autoComplete="off"
          maxLength={500}
          className={`${controls.input} ${styles.why}`}
          aria-label={`${who} ${question.title} ${t("assessment.questions.reason")}`}
          placeholder={t("assessment.questions.reason")}
          defaultValue={textOf(state?.values, why)}
          {...(error === undefined ? {} : { "aria-invalid": true as const })}
        />
      </div>
      {error !== undefined && <p className={controls.error}>{t(`forms.errors.${error as ErrorKey}`)}</p>}
    </fieldset>
  );
}
