import { staffMailTexts } from "~/i18n/zh-CN/staff-mail-texts";
import { formatInstant } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { Mail } from "./mail-outcome";

/** What a staff mail is about, as its row tells it. */
export type StaffMailAbout =
  | { readonly kind: "enrolment"; readonly link: string; readonly expiresAt: Date }
  | { readonly kind: "major"; readonly leadId: string; readonly number: number }
  | {
      readonly kind: "dispute";
      readonly leadId: string;
      readonly number: number;
      readonly about: "asked" | "reminded" | "decided";
    }
  | {
      readonly kind: "deadline";
      readonly leadId: string;
      readonly number: number;
      readonly clock: "accept" | "handle";
      /** YYYY-MM-DD */
      readonly due: string;
      readonly when: "near" | "passed";
    };

/** A mail to staff: the lead's number and where it is read, nothing of what it says or whom it is about. */
export function composeStaffMail(
  about: StaffMailAbout,
  input: { readonly to: string; readonly staffOrigin: string },
): Mail {
  const text =
    about.kind === "deadline"
      ? staffMailTexts[about.when]
      : staffMailTexts[about.kind === "dispute" ? about.about : about.kind];
  const page = about.kind === "dispute" ? paths.staff.dispute : paths.staff.lead;
  const values: Record<string, string> =
    about.kind === "enrolment"
      ? { link: about.link, until: formatInstant(about.expiresAt) }
      : {
          number: String(about.number),
          link: `${input.staffOrigin}${page(about.leadId)}`,
          ...(about.kind === "deadline" ? { clock: staffMailTexts.clocks[about.clock], due: about.due } : {}),
        };
  const fill = (line: string) => line.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => values[name] ?? "");
  return { to: input.to, subject: fill(text.subject), text: text.body.map(fill).join("\n") };
}
