import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import type { FormFailure } from "~server/clocks/carry-out.server";
import type { listDeputies } from "~server/rewards/list-deputies.server";
import { ErrorSummary } from "../ErrorSummary";
import { SelectField, TextField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

type View = Awaited<ReturnType<typeof listDeputies>>;

/** Who stands in for whom; the deputy agrees, either of the two or an administrator ends it. */
export function Delegations({ rows, failed }: { rows: View["delegations"]; failed: FormFailure | null }) {
  const { t } = useTranslation("staff");
  const refused = failed?.form === "accept" || failed?.form === "end" ? failed : null;
  return (
    <section className={controls.card} aria-labelledby="deputies-title">
      <h2 id="deputies-title">{t("approvals.deputy.list")}</h2>
      <ErrorSummary form="deputies" refusal={refused?.refusal} />
      {rows.length === 0 && <p className={controls.empty}>{t("approvals.deputy.empty")}</p>}
      <ul className={styles.entries}>
        {rows.map((row) => (
          <li key={row.id}>
            <p>
              {t("approvals.deputy.row", {
                of: row.of,
                role: t(`roles.${row.role}`),
                deputy: row.deputy,
                from: formatDay(row.fromOn),
                until: formatDay(row.untilOn),
              })}{" "}
              <strong>{t(`approvals.deputy.states.${row.state}`)}</strong>
            </p>
            {(row.mayAccept || row.mayEnd) && (
              <Form method="post" className={controls.buttons} preventScrollReset>
                <input type="hidden" name="delegationId" value={row.id} />
                {row.mayAccept && (
                  <SubmitButton name="intent" value="accept">
                    {t("approvals.deputy.accept")}
                  </SubmitButton>
                )}
                {row.mayEnd && (
                  <SubmitButton kind="plain" name="intent" value="end">
                    {t("approvals.deputy.end")}
                  </SubmitButton>
                )}
              </Form>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function NameDeputy({
  roles,
  candidates,
  failed,
}: {
  roles: View["ownRoles"];
  candidates: View["candidates"];
  failed: FormFailure | null;
}) {
  const { t } = useTranslation("staff");
  const mine = failed?.form === "name" ? failed : null;
  return (
    <section className={controls.card} aria-labelledby="name-title">
      <h2 id="name-title">{t("approvals.deputy.name")}</h2>
      {candidates.length === 0 ? (
        <p className={controls.empty}>{t("approvals.deputy.nobody")}</p>
      ) : (
        <Form method="post">
          <ErrorSummary form="name" state={mine?.state} refusal={mine?.refusal} />
          <input type="hidden" name="intent" value="name" />
          <SelectField
            form="name"
            name="role"
            label={t("approvals.deputy.role")}
            options={roles.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
            empty={t("approvals.deputy.choose")}
            state={mine?.state ?? null}
          />
          <SelectField
            form="name"
            name="deputyId"
            label={t("approvals.deputy.deputy")}
            options={candidates.map(({ id, name }) => ({ value: id, label: name }))}
            empty={t("approvals.deputy.choose")}
            state={mine?.state ?? null}
          />
          <TextField
            form="name"
            name="fromOn"
            label={t("approvals.deputy.from")}
            hint={t("approvals.deputy.dayHint")}
            maxLength={10}
            state={mine?.state}
          />
          <TextField
            form="name"
            name="untilOn"
            label={t("approvals.deputy.until")}
            maxLength={10}
            state={mine?.state}
          />
          <SubmitButton>{t("approvals.deputy.submit")}</SubmitButton>
        </Form>
      )}
    </section>
  );
}
