import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-day";
import type { Locale } from "~/i18n/locale";
import { paths } from "~/paths";
import type { TipStatus } from "~server/intake/read-status.server";
import type { SentObjection } from "~server/messages/act-on-status.server";
import { OBJECTION_GROUNDS } from "~server/rewards/objection-rules";
import actions from "../Actions.module.css";
import css from "../AwardCard.module.css";
import { ErrorSummary } from "../ErrorSummary";
import { FieldError, TextArea } from "../Fields";
import fields from "../Fields.module.css";
import { Notice } from "../Notice";

/** What this informant objected to and was answered, the form to object, and the decision to take home. */
export function AwardObjection({
  award,
  token,
  formId,
  sent,
}: {
  award: TipStatus["awards"][number];
  token: string;
  formId: string;
  sent: SentObjection | null;
}) {
  const { t, i18n } = useTranslation();
  const day = (on: string) => formatDay(on, i18n.language as Locale);
  const own = sent?.awardId === award.id ? sent : null;
  const fault = own?.fault ?? null;
  const error = fault === null ? undefined : t(`objection.errors.${fault}`);
  const ofGround = fault === "ground";
  const field = ofGround ? `ground-${award.id}` : `objection-${award.id}`;
  return (
    <section aria-label={t("objection.title")} className="no-print">
      {award.objections.map(({ statedOn, dueOn, outcome, answer }) => (
        <Notice key={`${statedOn} ${dueOn} ${outcome ?? ""}`} kind={outcome === null ? "warning" : "done"}>
          <p>{t(`objection.${outcome ?? "waiting"}`, { stated: day(statedOn), due: day(dueOn) })}</p>
          {answer === null ? null : <p lang="zh-CN">{t("objection.answer", { answer })}</p>}
        </Notice>
      ))}
      {error !== undefined && !award.mayObject ? (
        <div role="alert">
          <Notice kind="warning">
            <p>{error}</p>
          </Notice>
        </div>
      ) : null}
      {["approved", "accepted", "posted", "paid"].includes(award.status) ? (
        <form method="post" action={paths.ownDecision()}>
          <input type="hidden" name="token" value={token} />
          <input type="hidden" name="award" value={award.id} />
          <div className={actions.row}>
            <button type="submit" className={actions.secondary}>
              {t("objection.decision")}
            </button>
          </div>
          <p className={css.clause}>{t("objection.decisionHint")}</p>
        </form>
      ) : null}
      {award.mayObject ? (
        <details className={css.quiet} open={fault !== null || undefined}>
          <summary>{t("objection.open")}</summary>
          {error === undefined ? null : <ErrorSummary items={[{ field, text: error }]} />}
          <p>{t("objection.hint")}</p>
          <p className={css.clause}>{t("objection.own")}</p>
          <form method="post" action={paths.status()} noValidate autoComplete="off">
            <input type="hidden" name="token" value={token} />
            <input type="hidden" name="formId" value={formId} />
            <input type="hidden" name="award" value={award.id} />
            <div className={ofGround ? `${fields.field} ${fields.wrong}` : fields.field}>
              <label htmlFor={`ground-${award.id}`} className={fields.label}>
                {t("objection.ground")}
              </label>
              <FieldError name={`ground-${award.id}`} error={ofGround ? error : undefined} />
              <select
                id={`ground-${award.id}`}
                name="ground"
                className={fields.input}
                defaultValue={own?.ground ?? ""}
                aria-invalid={ofGround || undefined}
              >
                <option value="">{t("objection.choose")}</option>
                {OBJECTION_GROUNDS.map((ground) => (
                  <option key={ground} value={ground}>
                    {t(`objection.grounds.${ground}`)}
                  </option>
                ))}
              </select>
            </div>
            <TextArea
              id={`objection-${award.id}`}
              name="objection"
              rows={6}
              label={t("objection.words")}
              hint={t("objection.wordsHint")}
              error={ofGround ? undefined : error}
              value={own?.text ?? ""}
              autoComplete="off"
            />
            <div className={actions.row}>
              <button type="submit" name="intent" value="object" className={actions.secondary}>
                {t("objection.send")}
              </button>
            </div>
          </form>
        </details>
      ) : null}
    </section>
  );
}
