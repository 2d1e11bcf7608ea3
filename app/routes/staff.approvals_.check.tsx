import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import finance from "~/components/staff/finance/finance.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";

export const meta = () => pageTitle(staffZh.approvals.checking.title);

export function loader() {
  return null;
}

const COMMAND = "npm run -s approvals:verify -- approval.json";
/** The second step of a file, in a shell with jq and openssl. */
const SHELL = `b64() { tr '_-' '/+' | base64 -d 2>/dev/null; }
jq -rj .voucher.body approval.json | sha256sum
jq -rj .steps[1].signedBody approval.json | sha256sum
jq -rj .steps[1].publicKeyPem approval.json > key.pem
jq -rj '.steps[1].clientDataJson + "=="' approval.json | b64 > client.json
jq -rj '.steps[1].authenticatorData + "=="' approval.json | b64 > signed.bin
openssl dgst -sha256 -binary client.json >> signed.bin
jq -rj '.steps[1].signature + "=="' approval.json | b64 > signature.bin
openssl dgst -sha256 -verify key.pem -signature signature.bin signed.bin`;

export default function CheckPage() {
  const { t } = useTranslation("staff");
  return (
    <>
      <p>
        <Link to={paths.staff.approvals()}>{t("approvals.set.back")}</Link>
      </p>
      <h1>{t("approvals.checking.title")}</h1>
      <p>{t("approvals.checking.lead")}</p>
      <section className={controls.card}>
        <h2>{t("approvals.checking.tool")}</h2>
        <pre className={finance.body} tabIndex={0}>
          {COMMAND}
        </pre>
        <p>{t("approvals.checking.toolHow")}</p>
      </section>
      <section className={controls.card}>
        <h2>{t("approvals.checking.hand")}</h2>
        <ol>
          {(["voucher", "words", "challenge", "signature", "people"] as const).map((step) => (
            <li key={step}>
              <p>{t(`approvals.checking.steps.${step}`)}</p>
            </li>
          ))}
        </ol>
        <h3>{t("approvals.checking.commands")}</h3>
        <pre className={finance.body} tabIndex={0}>
          {SHELL}
        </pre>
        <p className={controls.muted}>{t("approvals.checking.limit")}</p>
      </section>
    </>
  );
}
