import { Link } from "@remix-run/react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import { useKeyring } from "~/staff-client/keys/keyring";
import { fingerprintOf } from "~server/secrecy/fingerprint";
import { fromBase64url } from "~server/secrecy/format";
import { keysMatch } from "~server/secrecy/match-keys";
import type { PublicKeyView } from "~server/secrecy/role-keys-view";
import { UnlockKeys } from "../UnlockKeys";
import controls from "../controls.module.css";
import styles from "./role-keys.module.css";

/**
 * The fingerprint a person reads out by phone. It is shown only after this browser has found the registered public key
 * to be the other half of the private key it holds: a server that slipped in another would be caught here.
 */
export function OwnFingerprint({ ownKey }: { ownKey: PublicKeyView | null }) {
  const { t } = useTranslation("staff");
  const keys = useKeyring();
  const keyring = keys.state === "open" ? keys.keyring : null;
  const [checked, setChecked] = useState<{ of: PublicKeyView; fingerprint: string | null } | null>(null);
  useEffect(() => {
    if (ownKey === null || keyring === null) return;
    let wanted = true;
    const publicKey = fromBase64url(ownKey.publicKey);
    void keysMatch(publicKey, keyring.personalPrivateKey)
      .then((match) => (match ? fingerprintOf(publicKey) : null))
      .then((fingerprint) => {
        if (wanted) setChecked({ of: ownKey, fingerprint });
      });
    return () => {
      wanted = false;
    };
  }, [ownKey, keyring]);
  return (
    <section className={controls.card} aria-labelledby="own-fingerprint">
      <h2 id="own-fingerprint">{t("roleKeys.own.title")}</h2>
      {ownKey === null ? (
        <p>
          {t("roleKeys.own.none")} <Link to={paths.staff.account()}>{t("roleKeys.own.make")}</Link>
        </p>
      ) : keyring === null ? (
        <>
          <p className={controls.muted}>{t("roleKeys.own.locked")}</p>
          <p>
            <UnlockKeys />
          </p>
        </>
      ) : checked?.of !== ownKey ? null : checked.fingerprint === null ? (
        <p className={controls.error} role="alert">
          {t("roleKeys.own.mismatch")}
        </p>
      ) : (
        <>
          <p className={styles.fingerprint} data-own="">
            {checked.fingerprint}
          </p>
          <p className={controls.hint}>{t("roleKeys.own.hint")}</p>
        </>
      )}
    </section>
  );
}
