import { Form } from "@remix-run/react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatInstant } from "~/i18n/format-date";
import { passkeyLabel, LABEL_LENGTH } from "~/forms/own-keys";
import { PasskeyRefusal } from "~/staff-client/ask-webauthn";
import { useKeyring } from "~/staff-client/keys/keyring";
import { addPasskey, letPasskeyUnlock } from "~/staff-client/keys/own-key";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import type { Account, OwnPasskey } from "~server/staff-auth/read-account.server";
import { ErrorSummary } from "../ErrorSummary";
import { TextField } from "../Field";
import { PasskeyButton } from "../PasskeyButton";
import { StepUpForm } from "../StepUpForm";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import type { AccountNews } from "./account-news";
import styles from "./account.module.css";

/** The person's passkeys: named, let unlock the key, revoked, and one more added. */
export function OwnPasskeys({
  account,
  staffId,
  failed,
  onDone,
}: {
  account: Account;
  staffId: string;
  failed: { readonly passkeyId: string; readonly refusal: string } | null;
  onDone: (news: AccountNews) => void;
}) {
  const { t } = useTranslation("staff");
  const keys = useKeyring();
  const keyring = keys.state === "open" && account.key?.demo === false ? keys.keyring : null;
  const { passkeys } = account;
  return (
    <section className={`${controls.card} no-print`} aria-labelledby="own-passkeys">
      <h2 id="own-passkeys">{t("account.passkeys.title")}</h2>
      {passkeys.length < 2 && <p className={styles.advice}>{t("account.passkeys.two")}</p>}
      <ul className={styles.list}>
        {passkeys.map((passkey) => (
          <PasskeyRow
            key={passkey.id}
            passkey={passkey}
            last={passkeys.length === 1}
            ownsKey={account.key !== null && !account.key.demo}
            keyring={keyring}
            refusal={failed?.passkeyId === passkey.id ? failed.refusal : null}
            onDone={onDone}
          />
        ))}
      </ul>
      <AddPasskey
        // A passkey made empties the field for the next.
        key={passkeys.length}
        staffId={staffId}
        keyring={keyring}
        locked={account.key !== null && !account.key.demo && keyring === null}
        onDone={onDone}
      />
    </section>
  );
}

function PasskeyRow({
  passkey,
  last,
  ownsKey,
  keyring,
  refusal,
  onDone,
}: {
  passkey: OwnPasskey;
  last: boolean;
  ownsKey: boolean;
  keyring: OpenKeyring | null;
  refusal: string | null;
  onDone: (news: AccountNews) => void;
}) {
  const { t } = useTranslation("staff");
  const name = passkey.label === "" ? t("account.passkeys.unnamed") : passkey.label;
  return (
    <li>
      <ErrorSummary form={`passkey-${passkey.id}`} refusal={refusal} />
      <div className={styles.row}>
        <span>
          <strong>{name}</strong>{" "}
          {ownsKey && (
            <span className={controls.tag} data-tone={passkey.unlocks ? "done" : "waiting"}>
              {t(passkey.unlocks ? "account.passkeys.unlocks" : "account.passkeys.locked")}
            </span>
          )}
          <span className={styles.times}>
            {t("account.passkeys.added", { at: formatInstant(passkey.createdAt) })}
            {passkey.lastUsedAt !== null &&
              ` · ${t("account.passkeys.used", { at: formatInstant(passkey.lastUsedAt) })}`}
          </span>
        </span>
        {last ? (
          <span className={controls.muted}>{t("account.passkeys.last")}</span>
        ) : (
          <StepUpForm
            name={`revoke-${passkey.id}`}
            of={() => ({ act: "passkey.revoke", subject: passkey.id })}
            className={styles.inline}
          >
            <input type="hidden" name="intent" value="revoke" />
            <input type="hidden" name="passkeyId" value={passkey.id} />
            <SubmitButton kind="danger" label={t("account.passkeys.revokeFor", { name })}>
              {t("account.passkeys.revoke")}
            </SubmitButton>
          </StepUpForm>
        )}
      </div>
      {!passkey.unlocks && keyring !== null && (
        <div className={controls.spacedTop}>
          <PasskeyButton
            kind="plain"
            label={t("account.passkeys.letUnlock")}
            run={async () => {
              if (!(await letPasskeyUnlock(keyring, passkey.credentialId)))
                throw new PasskeyRefusal({ said: t("account.passkeys.letUnlockFailed") });
              onDone("letUnlock");
            }}
          />
        </div>
      )}
      <details className={controls.quietDetails}>
        <summary>{t("account.passkeys.rename")}</summary>
        <Form method="post" className={styles.rename} preventScrollReset>
          <input type="hidden" name="intent" value="name" />
          <input type="hidden" name="passkeyId" value={passkey.id} />
          <TextField
            form={`name-${passkey.id}`}
            name="label"
            label={t("account.passkeys.label")}
            hint={t("account.passkeys.labelHint")}
            value={passkey.label}
            maxLength={LABEL_LENGTH}
          />
          <SubmitButton kind="plain">{t("account.passkeys.save")}</SubmitButton>
        </Form>
      </details>
    </li>
  );
}

function AddPasskey({
  staffId,
  keyring,
  locked,
  onDone,
}: {
  staffId: string;
  keyring: OpenKeyring | null;
  /** The person has a key, and it is not open in this page. */
  locked: boolean;
  onDone: (news: AccountNews) => void;
}) {
  const { t } = useTranslation("staff");
  const [label, setLabel] = useState("");
  const named = passkeyLabel.safeParse(label);
  return (
    <div className={styles.add}>
      <h3>{t("account.passkeys.addTitle")}</h3>
      <p className={controls.muted}>
        {t(locked ? "account.passkeys.addLocked" : "account.passkeys.addLead")}
      </p>
      <div className={controls.field}>
        <label htmlFor="add-label">{t("account.passkeys.label")}</label>
        <p id="add-label-hint" className={controls.hint}>
          {t("account.passkeys.labelHint")}
        </p>
        <input
          id="add-label"
          type="text"
          className={controls.input}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
          maxLength={LABEL_LENGTH}
          autoComplete="off"
          aria-describedby="add-label-hint"
        />
      </div>
      <PasskeyButton
        kind="plain"
        label={t("account.passkeys.add")}
        run={async () =>
          onDone(await addPasskey({ staffId, label: named.success ? named.data : "", keyring }))
        }
      />
    </div>
  );
}
