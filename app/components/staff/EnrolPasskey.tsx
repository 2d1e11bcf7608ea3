import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/browser";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatInstant } from "~/i18n/format-date";
import { askWebauthn, passkeyFault, type PasskeyFault } from "~/staff-client/ask-webauthn";
import { registerPasskey } from "~/staff-client/passkey";
import { ErrorSummary } from "./ErrorSummary";
import { PasskeyButton } from "./PasskeyButton";
import controls from "./controls.module.css";

type Link = {
  readonly token: string;
  readonly name: string;
  readonly agency: string;
  readonly expiresAt: string;
};

/**
 * Reads the token behind `#`, takes it out of the address bar and the history at once, shows whose link it is, and
 * registers a passkey with it.
 */
export function EnrolPasskey() {
  const { t } = useTranslation("staff");
  const [link, setLink] = useState<Link | null>(null);
  const [fault, setFault] = useState<PasskeyFault | "none" | null>(null);
  useEffect(() => {
    void openLink(window.location.hash.slice(1)).then((opened) => {
      if ("link" in opened) setLink(opened.link);
      setFault("link" in opened ? null : opened.fault);
    });
  }, []);
  if (link === null) {
    const said =
      fault === null
        ? null
        : fault === "none"
          ? t("access.enrolNoToken")
          : "said" in fault
            ? fault.said
            : t(`access.${fault.key}`);
    return (
      <>
        <ErrorSummary form="enrol" title={t("error.refusedTitle")} refusal={said} />
        <noscript>
          <p className={controls.empty}>{t("access.noScript")}</p>
        </noscript>
        {fault === null && <p role="status">{t("access.enrolReading")}</p>}
      </>
    );
  }
  return (
    <>
      <div className={`${controls.tableWrap} ${controls.spaced}`}>
        <table className={controls.table}>
          <tbody>
            <tr>
              <th scope="row">{t("access.enrolFor")}</th>
              <td>{link.name}</td>
            </tr>
            <tr>
              <th scope="row">{t("access.enrolAgency")}</th>
              <td>{link.agency}</td>
            </tr>
            <tr>
              <th scope="row">{t("access.enrolUntil")}</th>
              <td>{formatInstant(new Date(link.expiresAt))}</td>
            </tr>
          </tbody>
        </table>
      </div>
      <PasskeyButton label={t("access.enrolButton")} run={() => enrol(link.token)} />
    </>
  );
}

/** Takes the token out of the address bar at once, then asks whose link it is. */
async function openLink(token: string): Promise<{ link: Link } | { fault: PasskeyFault | "none" }> {
  if (token === "") return { fault: "none" };
  window.history.replaceState(window.history.state, "", window.location.pathname);
  try {
    const read = (await askWebauthn({ step: "read-link", token })) as Omit<Link, "token">;
    return { link: { token, ...read } };
  } catch (error) {
    return { fault: passkeyFault(error) };
  }
}

async function enrol(token: string): Promise<void> {
  const started = (await askWebauthn({ step: "start-enrolment", token })) as {
    challengeId: string;
    options: PublicKeyCredentialCreationOptionsJSON;
  };
  const { answer: response } = await registerPasskey(started.options);
  const done = await askWebauthn({
    step: "finish-enrolment",
    token,
    challengeId: started.challengeId,
    response,
  });
  window.location.assign((done as { next: string }).next);
}
