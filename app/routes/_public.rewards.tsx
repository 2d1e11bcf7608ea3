import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { MixedText } from "~/components/citizen/MixedText";
import { Notice } from "~/components/citizen/Notice";
import prose from "~/components/citizen/Prose.module.css";
import { SchemeText } from "~/components/citizen/SchemeText";
import type { CitizenHandle } from "~/components/PageTitle";
import { chooseLanguage } from "~/i18n/choose-language";
import { detectLocale } from "~/i18n/locale";
import { describeScheme } from "~server/rewards/describe-scheme.server";
import { listShippedSchemeIds, loadScheme } from "~server/rewards/load-scheme.server";

export const handle: CitizenHandle = { title: (t) => t("information.rewards.title") };

export function loader({ request, context }: LoaderFunctionArgs) {
  const { pack } = context.portal.pack;
  const language = chooseLanguage(detectLocale(request));
  const local = pack.localReward;
  const schemeId = local?.scheme;
  return {
    local:
      local === null ? null : { text: local.text[language], clause: local.clause, document: pack.document },
    scheme:
      schemeId !== undefined && listShippedSchemeIds().includes(schemeId)
        ? describeScheme(loadScheme(schemeId).scheme, language)
        : null,
  };
}

export default function Rewards() {
  const { t } = useTranslation();
  const { local, scheme } = useLoaderData<typeof loader>();
  return (
    <div className={prose.prose}>
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
      {scheme === null ? null : <SchemeText scheme={scheme} />}
    </div>
  );
}
