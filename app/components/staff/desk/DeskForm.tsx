import { Form, useNavigation } from "@remix-run/react";
import { useRef, useState, type ChangeEvent, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { HeadingRank, TextField } from "~/components/citizen/Fields";
import { STEP_BODIES, SEVERAL } from "~/components/report/step-bodies";
import controls from "~/components/staff/controls.module.css";
import { formText } from "~/forms/form-text";
import { DESK_CHANNELS, deskSteps, readDeskForm } from "~/forms/desk";
import { PARTS, STEP_SCHEMAS, type AnswerStep, type Part, type RawAnswers } from "~/forms/report";
import { STEP_FIELDS, textOf, type FieldErrors } from "~/forms/report-fields";
import type { DeskOffer } from "~server/intake/offer-desk.server";
import type { Offer } from "~server/intake/offer-step.server";
import styles from "./desk.module.css";

/** What the desk asks beside the report itself. */
export type DeskValues = { readonly channel: string; readonly receivedOn: string };

/**
 * The whole report on one page, by part. The questions are the citizen's, in words that can be read out; which of them
 * are asked follows what is chosen, and what was typed in one that goes away is kept for its coming back.
 */
export function DeskForm({
  token,
  offer,
  values,
  raw: given,
  errors,
  receivedError,
  onEdit,
}: {
  token: string;
  offer: DeskOffer;
  values: DeskValues;
  raw: RawAnswers;
  errors: FieldErrors;
  receivedError: string | undefined;
  onEdit: () => void;
}) {
  const { t } = useTranslation("staff");
  const report = useTranslation().t;
  const form = useRef<HTMLFormElement>(null);
  const [raw, setRaw] = useState(given);
  const [channel, setChannel] = useState(values.channel);
  const busy = useNavigation().state !== "idle";
  const steps = deskSteps(raw, channel);
  const look = () => {
    if (form.current === null) return;
    const typed = new FormData(form.current);
    const shown = readDeskForm(typed);
    setChannel(formText(typed, "channel"));
    setRaw((kept) => keepHidden(kept, shown, deskSteps(kept, channel)));
  };
  const change = (event: ChangeEvent<HTMLFormElement> | FormEvent<HTMLFormElement>) => {
    onEdit();
    const { target } = event;
    if (target instanceof HTMLSelectElement) look();
    else if (target instanceof HTMLInputElement && ["radio", "checkbox"].includes(target.type)) look();
  };
  const parts = (Object.keys(PARTS) as Part[])
    .map((part) => ({ part, own: steps.filter((step) => (PARTS[part] as readonly string[]).includes(step)) }))
    .filter(({ own }) => own.length > 0);
  return (
    <Form
      ref={form}
      method="post"
      noValidate
      autoComplete="off"
      className={styles.form}
      onChange={change}
      onBlur={look}
      onSubmit={(event) => {
        if (busy) event.preventDefault();
      }}
    >
      <input type="hidden" name="token" value={token} />
      <nav className={styles.rail} aria-label={t("desk.sections")}>
        <ul>
          {parts.map(({ part, own }) => (
            <li key={part}>
              <a href={`#part-${part}`}>{report(`report.overview.parts.${part}`)}</a>
              <PartState done={own.every((step) => STEP_SCHEMAS[step].safeParse(raw[step] ?? {}).success)} />
            </li>
          ))}
        </ul>
        <button type="submit" className={controls.button} disabled={busy}>
          {t(busy ? "desk.submitting" : "desk.submit")}
        </button>
      </nav>
      <div className={styles.parts}>
        <fieldset className={styles.source}>
          <legend>{t("desk.source")}</legend>
          <div className={controls.pairOfFields}>
            <div className={controls.field}>
              <label htmlFor="channel">{t("desk.channel")}</label>
              <select id="channel" name="channel" className={controls.input} defaultValue={values.channel}>
                {DESK_CHANNELS.map((id) => (
                  <option key={id} value={id}>
                    {t(`lead.channels.${id}`)}
                  </option>
                ))}
              </select>
            </div>
            <TextField
              name="receivedOn"
              label={t("desk.receivedOn")}
              hint={t("desk.receivedHint")}
              error={receivedError}
              value={values.receivedOn}
              autoComplete="off"
            />
          </div>
        </fieldset>
        <HeadingRank.Provider value="h3">
          {parts.map(({ part, own }) => (
            <details key={part} open id={`part-${part}`} className={styles.part}>
              <summary>
                <h2>{report(`report.overview.parts.${part}`)}</h2>
              </summary>
              <div className={styles.steps}>
                {own.map((step) => (
                  <DeskStep key={step} step={step} raw={raw} offer={offer} errors={errors} />
                ))}
              </div>
            </details>
          ))}
        </HeadingRank.Provider>
        <div className={controls.buttons}>
          <button type="submit" className={controls.button} disabled={busy}>
            {t(busy ? "desk.submitting" : "desk.submit")}
          </button>
        </div>
      </div>
    </Form>
  );
}

function PartState({ done }: { done: boolean }) {
  const { t } = useTranslation("staff");
  return (
    <span className={styles.state} data-done={done || undefined}>
      {t(done ? "desk.complete" : "desk.incomplete")}
    </span>
  );
}

/** Long lists and long texts; the others stand two beside each other. */
const WIDE: readonly AnswerStep[] = ["sector", "red-lines", "narrative"];

function DeskStep({
  step,
  raw,
  offer,
  errors,
}: {
  step: AnswerStep;
  raw: RawAnswers;
  offer: DeskOffer;
  errors: FieldErrors;
}) {
  const { t } = useTranslation();
  const Body = STEP_BODIES[step];
  // What is typed stays in the page itself: only what was there when the question came is given to it.
  const [values] = useState(raw[step] ?? {});
  return (
    <section className={WIDE.includes(step) ? `${styles.step} ${styles.wide}` : styles.step}>
      {SEVERAL.includes(step) && <h3>{t(`report.parts.${step}`)}</h3>}
      <Body values={values} errors={errors} offer={offerOf(offer, raw)} />
    </section>
  );
}

/** What depends on other answers of the same page. */
function offerOf({ base, checklists }: DeskOffer, raw: RawAnswers): Offer {
  const kind = textOf(raw.kind ?? {}, "subjectKind");
  return {
    ...base,
    ...checklists[textOf(raw.sector ?? {}, "sector")],
    subjectKind: kind === "organisation" || kind === "person" || kind === "site" ? kind : null,
    nameUnknown: textOf(raw.subject ?? {}, "nameUnknown") === "yes",
    named: raw.mode?.mode === "named",
  };
}

/** What is typed now, and for questions that are not shown what was typed before. */
function keepHidden(kept: RawAnswers, shown: RawAnswers, steps: readonly AnswerStep[]): RawAnswers {
  const next: RawAnswers = { ...kept };
  for (const step of Object.keys(STEP_FIELDS) as AnswerStep[]) {
    const values = shown[step];
    if (values !== undefined && (steps.includes(step) || kept[step] === undefined)) next[step] = values;
  }
  return next;
}
