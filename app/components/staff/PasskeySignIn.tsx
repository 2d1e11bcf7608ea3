import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser";
import { useNavigate } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { askWebauthn } from "~/staff-client/ask-webauthn";
import { forgetKeyring, unlockKeyring } from "~/staff-client/keys/keyring";
import { signWithPasskey } from "~/staff-client/passkey";
import { PasskeyButton } from "./PasskeyButton";

/**
 * The passkey exchange of sign-in, whose one touch also unlocks the person's keys. The page goes on without a full
 * load, which would forget them; every loader runs again and sees the new session.
 */
export function PasskeySignIn({ next }: { next: string }) {
  const { t } = useTranslation("staff");
  const navigate = useNavigate();
  return (
    <>
      <p>{t("access.signInLead")}</p>
      <PasskeyButton
        label={t("access.signInButton")}
        run={async () => {
          const started = (await askWebauthn({ step: "start-sign-in" })) as {
            challengeId: string;
            options: PublicKeyCredentialRequestOptionsJSON;
          };
          const { answer: response, prf } = await signWithPasskey(started.options);
          const done = await askWebauthn({
            step: "finish-sign-in",
            challengeId: started.challengeId,
            response,
            next,
          });
          // Keys of whoever was here before are no business of who comes now.
          forgetKeyring();
          // A touch that opens no key (none made yet, or another passkey's) still signs in.
          if (prf !== null) await unlockKeyring("passkey", prf);
          void navigate((done as { next: string }).next, { replace: true });
        }}
      />
    </>
  );
}
