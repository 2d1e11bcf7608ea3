import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { subjectOf } from "~/forms/people";
import { formatInstant } from "~/i18n/format-date";
import type { Role } from "~server/staff-auth/roles";
import { ErrorSummary } from "./ErrorSummary";
import type { FormState } from "./Field";
import { StepUpForm } from "./StepUpForm";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";
import styles from "./people.module.css";

export type RoleRequestView = {
  readonly id: string;
  readonly staffId: string;
  readonly person: string;
  readonly agencyName: string;
  readonly role: Role;
  readonly requestedBy: { readonly id: string; readonly name: string } | null;
  readonly requestedAt: Date;
};

/** Roles that wait for a second administrator: who asked, for whom, and the two answers. */
export function RoleRequests({
  requests,
  manages,
  ownId,
  failed,
}: {
  requests: readonly RoleRequestView[];
  manages: boolean;
  ownId: string;
  failed: { state: FormState; refusal: string | null } | null;
}) {
  const { t } = useTranslation("staff");
  if (requests.length === 0 && failed === null) return null;
  return (
    <section className={`${controls.card} ${controls.spaced}`} aria-labelledby="requests-title">
      <h2 id="requests-title">{t("people.requestsTitle")}</h2>
      <p className={controls.hint}>{t("people.requestsHint")}</p>
      <ErrorSummary form="requests" state={failed?.state} refusal={failed?.refusal} />
      {requests.length === 0 && <p className={controls.muted}>{t("people.requestsNone")}</p>}
      <ul className={styles.requests}>
        {requests.map((request) => (
          <li key={request.id}>
            <p>
              <strong>{request.person}</strong> <span className={styles.agency}>{request.agencyName}</span>{" "}
              {t("people.requestFor", { role: t(`roles.${request.role}`) })}
              <br />
              <span className={controls.hint}>
                {t("people.requestBy", {
                  name: request.requestedBy?.name ?? t("people.operator"),
                  at: formatInstant(request.requestedAt),
                })}
              </span>
            </p>
            {manages && <Answers request={request} ownId={ownId} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Answers({ request, ownId }: { request: RoleRequestView; ownId: string }) {
  const { t } = useTranslation("staff");
  if (request.staffId === ownId) return <p className={controls.hint}>{t("people.requestYours")}</p>;
  const own = request.requestedBy?.id === ownId;
  const fields = (intent: "confirm" | "refuse") => (
    <>
      <input type="hidden" name="intent" value={intent} />
      <input type="hidden" name="requestId" value={request.id} />
      <input type="hidden" name="staffId" value={request.staffId} />
      <input type="hidden" name="role" value={request.role} />
    </>
  );
  return (
    <div className={styles.answers}>
      {own ? (
        <p className={controls.hint}>{t("people.requestOwn")}</p>
      ) : (
        <StepUpForm name={`request-${request.id}`} of={() => subjectOf.confirm(request)}>
          {fields("confirm")}
          <SubmitButton>{t("people.confirm")}</SubmitButton>
        </StepUpForm>
      )}
      <Form method="post">
        {fields("refuse")}
        <SubmitButton kind="plain">{t(own ? "people.withdraw" : "people.refuse")}</SubmitButton>
      </Form>
    </div>
  );
}
