import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { TextField } from "~/components/staff/Field";
import { SubmitButton } from "~/components/staff/SubmitButton";
import controls from "~/components/staff/controls.module.css";
import type { DossierFailure } from "~server/dossiers/act-on-dossier.server";
import styles from "./dossier.module.css";

/** What a dossier is known and found by. */
export function DossierNames({
  aliases,
  keys,
  mayName,
  failed,
}: {
  aliases: readonly { id: string; name: string; ofMerge: boolean; officeOnly: boolean }[];
  keys: readonly { kind: string; key: string }[];
  mayName: boolean;
  failed: DossierFailure | null;
}) {
  const { t } = useTranslation("staff");
  const adding = failed?.intent === "alias" ? failed : null;
  const ending = failed?.intent === "endAlias" ? failed : null;
  return (
    <section className={controls.card} aria-labelledby="aliases-title">
      <h2 id="aliases-title">{t("dossiers.aliases")}</h2>
      <ErrorSummary form="end-alias" refusal={ending?.refusal} />
      {aliases.length === 0 && <p className={controls.muted}>{t("dossiers.aliasesNone")}</p>}
      <ul className={styles.aliases}>
        {aliases.map(({ id, name, ofMerge, officeOnly }) => (
          <li key={id}>
            <span>{name}</span>
            {ofMerge && <span className={controls.tag}>{t("dossiers.aliasOfMerge")}</span>}
            {officeOnly && <span className={controls.tag}>{t("dossiers.officeOnly")}</span>}
            {mayName && !ofMerge && (
              <Form method="post">
                <input type="hidden" name="intent" value="endAlias" />
                <input type="hidden" name="aliasId" value={id} />
                <SubmitButton kind="quiet" label={t("dossiers.endAliasOf", { name })}>
                  {t("dossiers.endAlias")}
                </SubmitButton>
              </Form>
            )}
          </li>
        ))}
      </ul>
      {mayName && (
        <Form method="post" key={aliases.length}>
          <ErrorSummary form="alias" state={adding?.state} refusal={adding?.refusal} />
          <input type="hidden" name="intent" value="alias" />
          <TextField
            form="alias"
            name="name"
            label={t("dossiers.aliasName")}
            state={adding?.state}
            maxLength={100}
          />
          <SubmitButton kind="plain">{t("dossiers.addAlias")}</SubmitButton>
        </Form>
      )}
      {keys.length > 0 && (
        <>
          <h2 className={styles.second}>{t("dossiers.keys")}</h2>
          <p className={controls.hint}>{t("dossiers.keysHint")}</p>
          <ul className={styles.why}>
            {keys.map(({ kind, key }) => (
              <li key={`${kind}:${key}`}>
                {t(`dossiers.keyKinds.${kind as "uscc"}`)} {key}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
