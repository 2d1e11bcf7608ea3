import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { Calculator, sayCalculatorError } from "~/components/citizen/Calculator";
import { ErrorSummary } from "~/components/citizen/ErrorSummary";
import { MixedText } from "~/components/citizen/MixedText";
import { Notice } from "~/components/citizen/Notice";
import prose from "~/components/citizen/Prose.module.css";
import { SchemeText } from "~/components/citizen/SchemeText";
import type { CitizenHandle } from "~/components/PageTitle";
import { chooseLanguage } from "~/i18n/choose-language";
import { detectLocale } from "~/i18n/locale";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { calculate, describeFields } from "~server/rewards/calculate.server";
import { describeScheme } from "~server/rewards/describe-scheme.server";
import { localScheme } from "~server/rewards/local-scheme";
import { listPublicSchemes, readPublicScheme } from "~server/rewards/read-public-schemes.server";

export const handle: CitizenHandle = { title: (t) => t("information.rewards.title") };

const MOST_KEPT = 60;

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { db, clock, pack: home } = context.portal;
  const { pack } = home;
  const language = chooseLanguage(detectLocale(request));
  const today = chinaDay(clock.now());
  const query = new URL(request.url).searchParams;
  const local = pack.localReward;
  const localId = local?.scheme ?? null;
  const own = localId === null ? null : await readPublicScheme(db, { id: localId, today });
  const all = await listPublicSchemes(db);
  const asked = query.get("scheme") ?? "";
  const unknown = asked !== "" && !all.some(({ id }) => id === asked);
  const schemeId = asked === "" || unknown ? localScheme(pack) : asked;
  const chosen = schemeId === localId ? own : await readPublicScheme(db, { id: schemeId, today });
  const options = all.map(({ id, title }) => ({ value: id, label: title[language] }));
  const computed =
    chosen && !unknown && query.has("go") ? calculate(chosen.scheme, query) : { result: null, errors: [] };
  const view = {
    local:
      local === null ? null : { text: local.text[language], clause: local.clause, document: pack.document },
    scheme: own === null ? null : describeScheme(own.scheme, language),
    unknown,
    calculator:
      chosen === null
        ? null
        : {
            schemeId,
            local: schemeId === localId,
            title: chosen.scheme.title[language],
            currency: chosen.scheme.currency,
            editableDefault: chosen.scheme.editableDefault,
            fields: describeFields(chosen.scheme),
            values: Object.fromEntries([...query].map(([key, value]) => [key, value.slice(0, MOST_KEPT)])),
            ...computed,
            own: options.filter(({ value }) => value === localId),
            others: options.filter(({ value }) => value !== localId),
          },
  };
  return data(view, { status: computed.errors.length > 0 || unknown ? 400 : 200 });
}

export default function Rewards() {
  const { t } = useTranslation();
  const { local, scheme, calculator, unknown } = useLoaderData<typeof loader>();
  const faults = [
    ...(unknown ? [{ field: "scheme", text: t("rewards.errors.scheme") }] : []),
    ...(calculator?.errors ?? []).map((error) => ({
      field: error.field,
      text: sayCalculatorError(t, error, calculator?.currency ?? "CNY"),
    })),
  ];
  return (
    <div className={prose.prose}>
      <ErrorSummary items={faults} />
      <h1>{t("information.rewards.title")}</h1>
      {local === null ? (
        <p>{t("information.rewards.none")}</p>
      ) : (
        <>
          <p>{t("information.rewards.lead")}</p>
          <Notice title={t("information.rewards.local")}>
            <p>{local.text}</p>
            <p className={prose.source}>
              <MixedText
                text={t("information.rewards.basis", { document: local.document, clause: local.clause })}
              />
            </p>
          </Notice>
        </>
      )}
      {calculator === null ? null : <Calculator view={calculator} />}
      {scheme === null ? null : <SchemeText scheme={scheme} />}
      {calculator === null ? null : (
        <>
          <h2>{t("rewards.scheme.all")}</h2>
          <p>{t("rewards.scheme.allLead")}</p>
          <ul>
            {[...calculator.own, ...calculator.others].map(({ value, label }) => (
              <li key={value}>
                <a href={paths.rewardScheme(value)}>{label}</a>
              </li>
            ))}
          </ul>
        </>
      )}
      <p>
        <a href={paths.penalty()}>{t("rewards.penalty.link")}</a>
      </p>
    </div>
  );
}
