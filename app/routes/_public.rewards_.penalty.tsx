import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import actions from "~/components/citizen/Actions.module.css";
import award from "~/components/citizen/AwardCard.module.css";
import { ErrorSummary } from "~/components/citizen/ErrorSummary";
import { Choices, Question, TextField } from "~/components/citizen/Fields";
import { MixedText } from "~/components/citizen/MixedText";
import prose from "~/components/citizen/Prose.module.css";
import type { CitizenHandle } from "~/components/PageTitle";
import { formatMoney } from "~/forms/format-money";
import { chooseLanguage } from "~/i18n/choose-language";
import { detectLocale } from "~/i18n/locale";
import { paths } from "~/paths";
import { answerPenalty } from "~server/penalties/answer-penalty.server";

export const handle: CitizenHandle = { title: (t) => t("rewards.penalty.title") };

export function loader({ request }: LoaderFunctionArgs) {
  const language = chooseLanguage(detectLocale(request));
  const view = answerPenalty(new URL(request.url).searchParams, language);
  return data(view, { status: view.errors.length > 0 ? 400 : 200 });
}

export default function Penalty() {
  const { t } = useTranslation();
  const { roles, values, errors, fine, late, lateNote, order, readings } = useLoaderData<typeof loader>();
  const errorOf = (field: string) => {
    const found = errors.find((each) => each.field === field);
    return found && t(`rewards.errors.${found.kind}`);
  };
  const say = (amount: string) => formatMoney(amount, "CNY").amount;
  const basis = (clause: string) => (
    <p className={award.clause}>
      <MixedText text={t("rewards.penalty.basis", { clause })} />
    </p>
  );
  return (
    <div className={prose.prose}>
      <ErrorSummary items={errors.map(({ field, kind }) => ({ field, text: t(`rewards.errors.${kind}`) }))} />
      <h1>{t("rewards.penalty.title")}</h1>
      <p>{t("rewards.penalty.lead")}</p>
      <form method="get" action={`${paths.penalty()}#fine-result`} noValidate autoComplete="off">
        <h2>{t("rewards.penalty.fine")}</h2>
        <Question name="role" label={t("rewards.penalty.role")}>
          <Choices
            name="role"
            type="radio"
            chosen={[values.role]}
            items={roles.map(({ role, title, note, base }) => ({
              value: role,
              label: `${title}（${t(`rewards.penalty.base.${base}`)}）`,
              help: note,
            }))}
          />
        </Question>
        <TextField
          name="amount"
          label={t("rewards.penalty.amount")}
          hint={t("rewards.penalty.amountHint")}
          error={errorOf("amount")}
          value={values.amount}
        />
        <div className={actions.row}>
          <button type="submit" name="go" value="fine" className={actions.primary}>
            {t("rewards.penalty.submit")}
          </button>
        </div>
      </form>
      <div id="fine-result" aria-live="polite">
        {fine === null ? null : (
          <section className={award.card}>
            <p className={award.amount}>
              {t("rewards.penalty.fineResult", { min: say(fine.min), max: say(fine.max) })}
            </p>
            {basis(fine.clause)}
          </section>
        )}
      </div>
      <form method="get" action={`${paths.penalty()}#late-result`} noValidate autoComplete="off">
        <h2>{t("rewards.penalty.late")}</h2>
        <p>{lateNote.text}</p>
        {basis(lateNote.clause)}
        <TextField
          name="fine"
          label={t("rewards.penalty.lateFine")}
          hint={t("rewards.penalty.amountHint")}
          error={errorOf("fine")}
          value={values.fine}
        />
        <TextField
          name="days"
          label={t("rewards.penalty.days")}
          hint={t("rewards.penalty.daysHint")}
          error={errorOf("days")}
          value={values.days}
          wide={false}
        />
        <div className={actions.row}>
          <button type="submit" name="go" value="late" className={actions.secondary}>
            {t("rewards.penalty.submit")}
          </button>
        </div>
      </form>
      <div id="late-result" aria-live="polite">
        {late === null ? null : (
          <section className={award.card}>
            <p className={award.amount}>{t("rewards.penalty.lateResult", { fee: say(late.fee) })}</p>
            {late.capped ? <p className={award.line}>{t("rewards.penalty.capped")}</p> : null}
            {basis(late.clause)}
          </section>
        )}
      </div>
      <h2>{t("rewards.penalty.order")}</h2>
      <p>{order.text}</p>
      {basis(order.clause)}
      <h2>{t("rewards.scheme.readings")}</h2>
      <ul>
        {readings.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <p>
        <a href={paths.rewards()}>{t("rewards.scheme.back")}</a>
      </p>
    </div>
  );
}
