import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser";
import { useTranslation } from "react-i18next";
import { askWebauthn } from "~/staff-client/ask-webauthn";
import { signWithPasskey } from "~/staff-client/passkey";
import { PasskeyButton } from "./PasskeyButton";

/** The passkey exchange of sign-in; a full page load follows, so that every loader sees the new session. */
export function PasskeySignIn({ next }: { next: string }) {
  const { t } = useTranslation("staff");
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
          const response = await signWithPasskey(started.options);
          const done = await askWebauthn({
            step: "finish-sign-in",
            challengeId: started.challengeId,
            response,
            next,
          });
          window.location.assign((done as { next: string }).next);
        }}
      />
    </>
  );
}
