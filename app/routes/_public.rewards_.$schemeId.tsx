import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import actions from "~/components/citizen/Actions.module.css";
import { Calculation } from "~/components/citizen/Calculation";
import { ExampleFacts } from "~/components/citizen/ExampleFacts";
import { MixedText } from "~/components/citizen/MixedText";
import prose from "~/components/citizen/Prose.module.css";
import { SchemeDetails } from "~/components/citizen/SchemeDetails";
import { SchemeText } from "~/components/citizen/SchemeText";
import type { CitizenHandle } from "~/components/PageTitle";
import { chooseLanguage } from "~/i18n/choose-language";
import { formatDay } from "~/i18n/format-day";
import { detectLocale } from "~/i18n/locale";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { notFound } from "~server/errors.server";
import { computeExamples } from "~server/rewards/compute-examples";
import { describeScheme } from "~server/rewards/describe-scheme.server";
import { detailScheme } from "~server/rewards/detail-scheme.server";
import { readPublicScheme } from "~server/rewards/read-public-schemes.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

export const handle: CitizenHandle = { title: (t) => t("information.rewards.title") };

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { db, clock, pack } = context.portal;
  const locale = detectLocale(request);
  const language = chooseLanguage(locale);
  const id = params.schemeId ?? "";
  const found = await readPublicScheme(db, { id, today: chinaDay(clock.now()) });
  if (found === null) return answerRefusals(Promise.reject(notFound()));
  const { scheme, supersededBy } = found;
  const { from, to, note } = scheme.effective;
  return {
    id,
    local: pack.pack.localReward?.scheme === id,
    title: scheme.title[language],
    source: scheme.source[language],
    document: scheme.document,
    version: scheme.version,
    effective: {
      from: formatDay(from, locale),
      to: to === null ? null : formatDay(to, locale),
      note: note?.[language] ?? null,
    },
    supersededBy,
    supersedes: scheme.supersedes?.id ?? null,
    text: describeScheme(scheme, language),
    details: detailScheme(scheme, language),
    examples: computeExamples(scheme),
  };
}

export default function Scheme() {
  const { t } = useTranslation();
  const view = useLoaderData<typeof loader>();
  const { effective } = view;
  return (
    <div className={prose.prose}>
      <p>
        <a href={paths.rewards()}>‹ {t("rewards.scheme.back")}</a>
      </p>
      <h1>{view.title}</h1>
      {view.local ? null : <p>{t("rewards.calculator.comparison")}</p>}
      <p className={prose.source}>
        <MixedText text={view.document} /> · <MixedText text={view.source} /> ·{" "}
        {t("rewards.scheme.version", { version: view.version })}
      </p>
      <p className={prose.source}>
        {t("rewards.scheme.effective")}{" "}
        {effective.to === null
          ? t("rewards.scheme.from", { from: effective.from })
          : t("rewards.scheme.between", { from: effective.from, to: effective.to })}{" "}
        {effective.note}
      </p>
      {view.supersededBy === null ? null : (
        <p>
          <a href={paths.rewardScheme(view.supersededBy)}>{t("rewards.scheme.supersededBy")}</a>
        </p>
      )}
      {view.supersedes === null ? null : (
        <p>
          {t("rewards.scheme.supersedes")} <a href={paths.rewardScheme(view.supersedes)}>{view.supersedes}</a>
        </p>
      )}
      <p>
        <a href={paths.rewardCalculator(view.id)} className={actions.secondary}>
          {t("rewards.scheme.calculate")}
        </a>
      </p>
      <SchemeText scheme={view.text} />
      <SchemeDetails details={view.details} local={view.local} />
      {view.examples.length === 0 ? null : (
        <>
          <h2>{t("rewards.scheme.examples")}</h2>
          <p>{t("rewards.scheme.examplesLead")}</p>
          {view.examples.map((example, at) => (
            <Calculation
              key={at}
              id={`example-${at + 1}`}
              heading={t("rewards.scheme.example", { number: at + 1 })}
              result={example}
            >
              <ExampleFacts stated={example.stated} currency={example.currency} />
            </Calculation>
          ))}
        </>
      )}
    </div>
  );
}
