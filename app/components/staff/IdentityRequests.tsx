import { useRevalidator } from "@remix-run/react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { formText } from "~/forms/form-text";
import { identityReason } from "~/forms/identity";
import { tipReference } from "~/forms/tip-reference";
import { formatInstant } from "~/i18n/format-date";
import { passkeyFault } from "~/staff-client/ask-webauthn";
import { declineRequested, openRequested, type Identity } from "~/staff-client/keys/identity";
import type { ListedRequest } from "~server/identity/list-requests.server";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { ErrorSummary } from "./ErrorSummary";
import { TextAreaField, type FormState } from "./Field";
import { IdentityShown } from "./IdentityShown";
import { Notice } from "./Notice";
import controls from "./controls.module.css";
import styles from "./identity.module.css";

type Shown = { readonly tipId: string; readonly identity: Identity };

/** Requests with their reasons and outcomes; the one asked opens them, together with the one who asked, or declines. */
export function IdentityRequests({
  requests,
  keyring,
  acts,
  children,
}: {
  requests: readonly ListedRequest[];
  keyring: OpenKeyring | null;
  /** Whether this session may answer at all (demo sessions look). */
  acts: boolean;
  /** Stands between what waits for this person's answer and the rest. */
  children?: ReactNode;
}) {
  const { t } = useTranslation("staff");
  const [shown, setShown] = useState<Shown | null>(null);
  const [declined, setDeclined] = useState(false);
  const toAnswer = requests.filter(({ mayAnswer }) => acts && mayAnswer);
  const others = requests.filter((request) => !toAnswer.includes(request));
  return (
    <>
      {shown !== null && <IdentityShown {...shown} onClose={() => setShown(null)} />}
      {declined && <Notice>{t("identities.declined")}</Notice>}
      {toAnswer.length > 0 && (
        <section aria-labelledby="to-answer-title">
          <h2 id="to-answer-title">{t("identities.toAnswer")}</h2>
          {toAnswer.map((request) => (
            <Request key={request.id} request={request}>
              <Answer
                request={request}
                keyring={keyring}
                onOpened={setShown}
                onDeclined={() => setDeclined(true)}
              />
            </Request>
          ))}
        </section>
      )}
      {children}
      <section aria-labelledby="requests-title">
        <h2 id="requests-title">{t("identities.requests")}</h2>
        {others.length === 0 && (
          <p className={controls.empty}>
            {t(requests.length === 0 ? "identities.none" : "identities.noOthers")}
          </p>
        )}
        {others.map((request) => (
          <Request key={request.id} request={request} />
        ))}
      </section>
    </>
  );
}

function Request({ request, children }: { request: ListedRequest; children?: ReactNode }) {
  const { t } = useTranslation("staff");
  return (
    <article className={controls.card} data-request={request.status}>
      <h3 className={styles.head}>
        {t("identities.tip", { reference: tipReference(request.tipId) })}
        <span className={controls.tag} data-tone={toneOf(request.status)}>
          {t(`identities.status.${request.status}`)}
        </span>
      </h3>
      <Facts request={request} />
      {children}
    </article>
  );
}

function Facts({ request }: { request: ListedRequest }) {
  const { t } = useTranslation("staff");
  const side = (one: ListedRequest["side"]) => t(`identities.sides.${one}`);
  const rows: [string, string | null][] = [
    [t("identities.reason"), request.reason],
    [t("identities.by"), t("identities.byText", { name: request.requester, side: side(request.side) })],
    [t("identities.at"), formatInstant(request.requestedAt)],
    [t("identities.until"), request.status === "waiting" ? formatInstant(request.expiresAt) : null],
    [
      t("identities.answeredBy"),
      request.answerer &&
        t("identities.byText", {
          name: request.answerer,
          side: side(request.side === "a" ? "b" : "a"),
        }),
    ],
    [t("identities.answeredAt"), request.answeredAt && formatInstant(request.answeredAt)],
    [t("identities.answer"), request.answer],
  ];
  return (
    <dl className={styles.facts}>
      {rows.map(
        ([label, value]) =>
          value !== null && (
            <div key={label}>
              <dt>{label}</dt>
              <dd className={styles.reason}>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function Answer({
  request,
  keyring,
  onOpened,
  onDeclined,
}: {
  request: ListedRequest;
  keyring: OpenKeyring | null;
  onOpened: (shown: Shown) => void;
  onDeclined: () => void;
}) {
  const { t } = useTranslation("staff");
  const { revalidate } = useRevalidator();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [state, setState] = useState<FormState | null>(null);
  const name = `answer-${request.id}`;

  const attempt = async (work: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    setRefusal(null);
    try {
      await work();
    } catch (error) {
      const fault = passkeyFault(error);
      setRefusal("said" in fault ? fault.said : t(`access.${fault.key}`));
    }
    setBusy(false);
    revalidate();
  };
  const open = () =>
    attempt(async () => {
      if (keyring === null) return setRefusal(t("identities.closedKeys"));
      const identity = await openRequested(request.id, keyring);
      if (identity === null) setRefusal(t("identities.partsBroken"));
      else onOpened({ tipId: request.tipId, identity });
    });
  const decline = async (form: HTMLFormElement) => {
    const answer = identityReason.safeParse(formText(new FormData(form), "answer"));
    setState(answer.success ? null : { values: {}, errors: { answer: "identityReason" } });
    if (!answer.success) return;
    await attempt(async () => {
      await declineRequested(request.id, answer.data);
      onDeclined();
    });
  };

  return (
    <>
      <ErrorSummary form={name} state={state} refusal={refusal} />
      <p className={controls.hint}>{t("identities.openHint")}</p>
      <p className={`${controls.buttons} ${controls.spacedTop}`}>
        <button type="button" className={controls.button} disabled={busy} onClick={() => void open()}>
          {t("identities.openButton")}
        </button>
        <span role="status" className={controls.muted}>
          {busy ? t("identities.working") : ""}
        </span>
      </p>
      <details className={controls.disclosure}>
        <summary>{t("identities.declineTitle")}</summary>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void decline(event.currentTarget);
          }}
        >
          <TextAreaField
            form={name}
            name="answer"
            label={t("identities.declineReason")}
            hint={t("identities.reasonHint")}
            state={state}
          />
          <button type="submit" className={controls.button} data-kind="danger" disabled={busy}>
            {t("identities.declineButton")}
          </button>
        </form>
      </details>
    </>
  );
}

function toneOf(status: ListedRequest["status"]): string | undefined {
  if (status === "waiting") return "waiting";
  return status === "opened" ? "done" : undefined;
}
