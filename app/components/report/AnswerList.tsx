import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { PARTS, STEP_SCHEMAS, isAnswerStep, type Part, type RawAnswers, type Step } from "~/forms/report";
import type { Doubt } from "~/forms/report-doubts";
import { readLossFen } from "~/forms/report-extent";
import { STEP_FIELDS, listOf, textOf, type FieldName, type Values } from "~/forms/report-fields";
import { paths } from "~/paths";
import type { ListedFile } from "~server/evidence/list-files.server";
import { sizeText } from "../evidence/FileList";
import css from "./AnswerList.module.css";

/** Choices whose words are in the catalogue, by field. */
const CHOSEN = [
  ...(["mode", "relation", "subjectKind", "ongoing", "amount", "people", "source", "prior"] as const),
  ...(["idKind", "official", "wantsReward"] as const),
] as const;

/** A box ticked, or nothing. */
const TICKED: readonly FieldName[] = ["nameUnknown", "noConflict", "truthful"];

/** Always shown: what must be answered. Everything else only when filled in: a page of “not given” helps nobody. */
const LOUD: readonly FieldName[] = [
  ...(["mode", "relation", "subjectKind", "sector", "redLines", "startedOn", "ongoing"] as const),
  ...(["amount", "people", "narrative", "source", "prior", "contactName", "noticeEmail"] as const),
  ...(["official", "wantsReward", "truthful"] as const),
];

/** What is typed under a choice and no longer asked for since another was made. */
const UNDER: Partial<Record<FieldName, readonly [FieldName, readonly string[]]>> = {
  amountExact: ["amount", ["exact"]],
  peopleExact: ["people", ["exact"]],
  endedOn: ["ongoing", ["no"]],
  priorWhere: ["prior", ["yes"]],
  noConflict: ["wantsReward", ["yes"]],
  idNumber: ["idKind", ["id_card", "passport", "hk_macao", "taiwan", "other"]],
};

type Row = { readonly field: FieldName; readonly label: string; readonly lines: readonly string[] };

type Props = {
  readonly raw: RawAnswers;
  readonly names: Readonly<Record<string, string>>;
  readonly doubts: readonly Doubt[];
  readonly files: readonly ListedFile[];
};

/** Every answer with its way back, by part. `names` gives the pack's words for what was chosen from it. */
export function AnswerList({ steps, ...answers }: Props & { steps: readonly Step[] }) {
  const { t } = useTranslation();
  return (
    <>
      {(Object.keys(PARTS) as Part[]).map((part) => {
        const own: readonly Step[] = PARTS[part];
        return (
          <section key={part} className={css.part} aria-labelledby={`part-${part}`}>
            <h2 id={`part-${part}`} className={css.title}>
              {t(`report.overview.parts.${part}`)}
            </h2>
            {steps
              .filter((step) => own.includes(step))
              .map((step) => (
                <div key={step} className={css.step}>
                  <StepRows step={step} {...answers} />
                  <a href={paths.reportChange(step)} className={`${css.change} no-print`}>
                    {t(step === "evidence" ? "report.check.changeFiles" : "report.check.change")}
                    <span className="visually-hidden">
                      {t("report.check.changeWhat", { what: nameStep(t, step) })}
                    </span>
                  </a>
                </div>
              ))}
          </section>
        );
      })}
    </>
  );
}

export function nameStep(t: TFunction, step: Step): string {
  return isAnswerStep(step) ? t(`report.parts.${step}`) : t("report.overview.evidence");
}

export function StepRows({ step, raw, names, doubts, files }: Props & { step: Step }) {
  const { t } = useTranslation();
  if (!isAnswerStep(step)) return <FileRows files={files} />;
  const rows = rowsOf(t, STEP_FIELDS[step], raw[step] ?? {}, names);
  return (
    <dl className={css.list}>
      {rows.length === 0 ? (
        <div className={css.row}>
          <dt>{nameStep(t, step)}</dt>
          <dd className={css.empty}>{t("report.check.empty")}</dd>
        </div>
      ) : null}
      {rows.map(({ field, label, lines }) => (
        <div key={field} className={css.row}>
          <dt>{label}</dt>
          <dd>
            {lines.length === 0 ? (
              <span className={css.empty}>{t("report.check.empty")}</span>
            ) : (
              lines.map((line, at) => <p key={at}>{line}</p>)
            )}
            {doubts
              .filter((doubt) => doubt.field === field)
              .map(({ key, typed, meant }) => (
                <p key={typed} className={css.doubt}>
                  {t(`report.doubts.${key}`, { typed, meant })}
                </p>
              ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What was added as evidence; of what does not go with the report it says so. */
function FileRows({ files }: { files: readonly ListedFile[] }) {
  const { t } = useTranslation();
  return (
    <dl className={css.list}>
      <div className={css.row}>
        <dt>{t("report.overview.evidence")}</dt>
        <dd>
          {files.length === 0 ? <span className={css.empty}>{t("evidence.none")}</span> : null}
          {files.map((file) => (
            <div key={file.id} className={css.file}>
              <p>{file.name}</p>
              <p className={file.state === "stored" ? css.fact : css.doubt}>
                {t(`evidence.states.${file.state}`)}
                {file.state === "stored"
                  ? ` · ${sizeText(t, file.size)}`
                  : t(`report.check.files.${file.state}`)}
              </p>
            </div>
          ))}
        </dd>
      </div>
    </dl>
  );
}

function rowsOf(
  t: TFunction,
  fields: readonly FieldName[],
  values: Values,
  names: Readonly<Record<string, string>>,
): Row[] {
  return (
    fields
      .filter((field) => {
        const under = UNDER[field];
        return under === undefined || under[1].includes(textOf(values, under[0]));
      })
      .map((field) => ({ field, label: t(`report.short.${field}`), lines: linesOf(t, field, values, names) }))
      .filter(({ field, lines }) => lines.length > 0 || LOUD.includes(field))
      // “I know the exact amount” says nothing beside the amount itself.
      .filter(({ field }) => textOf(values, field) !== "exact")
  );
}

function linesOf(
  t: TFunction,
  field: FieldName,
  values: Values,
  names: Readonly<Record<string, string>>,
): string[] {
  if (field === "redLines") {
    return listOf(values, field).map((item) => names[item] ?? t("report.options.otherRedLine"));
  }
  const value = textOf(values, field).trim();
  if (value === "") return [];
  if (TICKED.includes(field)) return [t("report.check.confirmed")];
  if (value === "online" && isPlace(field)) return [t("report.options.online")];
  if (value === "unknown" && isPlace(field)) return [t("report.options.unknownPlace")];
  const chosen = CHOSEN.find((name) => name === field);
  if (chosen !== undefined) return [t(`report.options.${chosen}.${value}` as "report.options.mode.named")];
  if (field === "sector" || isPlace(field)) return [names[value] ?? value];
  if (field === "sites") return STEP_SCHEMAS.online.safeParse(values).data?.sites ?? [value];
  if (field === "amountExact" || field === "ownLoss") {
    const fen = readLossFen(value);
    return [fen === null ? value : t("report.check.sum", { typed: value, sum: formatFen(fen) })];
  }
  return value.split(/\r?\n/).filter((line) => line.trim() !== "");
}

function isPlace(field: FieldName): boolean {
  return field === "operating" || field === "registered" || field === "occurred";
}
