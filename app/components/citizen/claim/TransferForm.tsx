import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import type { ClaimPage } from "~server/claims/act-on-claim.server";
import actions from "../Actions.module.css";
import { ErrorSummary } from "../ErrorSummary";
import { Choices, HeadingRank, Question, TextField } from "../Fields";
import { Notice } from "../Notice";
import prose from "../Prose.module.css";
import { Amount, Refusal } from "./parts";

type Fault =
  | "claimantMissing"
  | "holderMissing"
  | "bankMissing"
  | "accountMissing"
  | "accountDigits"
  | "tooLong"
  | "wordsWrong"
  | "branchLong";
const FIELDS = ["claimant", "holder", "bank", "branch", "account"] as const;

/** Where a transfer goes: asked once, sealed at once. */
export function TransferForm({
  token,
  awardId,
  amountFen,
  claim,
  values,
  anonymous,
  errors,
  doubted,
  refused,
}: Extract<ClaimPage, { page: "transfer" }>) {
  const { t } = useTranslation();
  const say = (field: (typeof FIELDS)[number]) => {
    const fault = errors[field];
    return fault === undefined ? undefined : t(`claim.errors.${fault as Fault}`);
  };
  const doubt = doubted === null ? undefined : t("claim.transfer.doubt");
  const items = FIELDS.flatMap((field) => {
    const text = say(field);
    return text === undefined ? [] : [{ field, text }];
  });
  const text = (field: "holder" | "bank" | "branch", hint: string, optional = false) => (
    <TextField
      name={field}
      label={t(`claim.transfer.${field}`)}
      hint={hint}
      optional={optional}
      error={say(field)}
      value={values[field]}
      maxLength={200}
    />
  );
  return (
    <div className={prose.prose}>
      <ErrorSummary items={doubt === undefined ? items : [{ field: "account", text: doubt }]} />
      <h1>{t("claim.transfer.title")}</h1>
      <Amount fen={amountFen} />
      <Refusal code={refused} />
      <p>{t("claim.transfer.lead")}</p>
      <Notice kind="warning" title={t("claim.transfer.seenTitle")}>
        <p>{t(anonymous ? "claim.transfer.seenByName" : "claim.transfer.seen")}</p>
        {anonymous && claim.mayUseCode ? <p>{t("claim.transfer.seenAnonymous")}</p> : null}
      </Notice>
      <form method="post" action={paths.status()} id="question" noValidate autoComplete="off">
        <input type="hidden" name="token" value={token} />
        <input type="hidden" name="award" value={awardId} />
        <input type="hidden" name="view" value="claim-transfer" />
        {claim.byHeir ? (
          <HeadingRank.Provider value="h3">
            <Question name="claimant" label={t("claim.who")} error={say("claimant")}>
              <Choices
                name="claimant"
                type="radio"
                chosen={[values.claimant]}
                items={[
                  { value: "self", label: t("claim.claimants.self") },
                  {
                    value: "heir",
                    label: t("claim.claimants.heir"),
                    help: t("claim.claimants.heirTransfer"),
                  },
                ]}
              />
            </Question>
          </HeadingRank.Provider>
        ) : (
          <input type="hidden" name="claimant" value="self" />
        )}
        {text("holder", t("claim.transfer.holderHint"))}
        {text("bank", t("claim.transfer.bankHint"))}
        {text("branch", t("claim.transfer.branchHint"), true)}
        <TextField
          name="account"
          label={t("claim.transfer.account")}
          hint={t("claim.transfer.accountHint")}
          error={say("account") ?? doubt}
          value={values.account}
          inputMode="numeric"
          maxLength={60}
        />
        {doubted === null ? null : <input type="hidden" name="doubted" value="yes" />}
        <div className={actions.row}>
          <button type="submit" name="intent" value="claim-transfer-save" className={actions.primary}>
            {t("claim.transfer.submit")}
          </button>
          <button type="submit" name="intent" value="keep" className={actions.link}>
            {t("claim.back")}
          </button>
        </div>
      </form>
    </div>
  );
}
