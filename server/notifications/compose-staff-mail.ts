import type { DeadlineClock } from "~server/clocks/clock-kinds";
import { staffMailTexts } from "~/i18n/zh-CN/staff-mail-texts";
import { formatDay, formatInstant } from "~/i18n/format-date";
import { paths } from "~/paths";
import { interpolate } from "~server/documents/interpolate";
import type { Mail } from "./mail-outcome";

/** What a staff mail is about, as its row tells it. Days are YYYY-MM-DD. */
export type StaffMailAbout =
  | { readonly kind: "enrolment"; readonly link: string; readonly expiresAt: Date }
  | { readonly kind: "major"; readonly leadId: string; readonly number: number }
  | { readonly kind: "officeAlert"; readonly number: number }
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
      readonly clock: DeadlineClock;
      readonly due: string;
      readonly when: "near" | "passed" | "escalated";
    }
  | { readonly kind: "supervision"; readonly year: number; readonly no: number; readonly answerBy: string }
  | { readonly kind: "calendar"; readonly year: number; readonly document: string }
  | {
      readonly kind: "budget";
      readonly source: string;
      readonly year: number;
      readonly percent: number;
    }
  | {
      readonly kind: "plan";
      readonly phase: string;
      readonly due: string;
      readonly when: "near" | "passed";
    }
  | { readonly kind: "view" };

/** A mail to staff: the lead's number and where it is read, nothing of what it says or whom it is about. */
export function composeStaffMail(
  about: StaffMailAbout,
  input: { readonly to: string; readonly staffOrigin: string },
): Mail {
  const text = textOf(about);
  const values = valuesOf(about, input.staffOrigin);
  const fill = (line: string) => interpolate(line, values);
  return { to: input.to, subject: fill(text.subject), text: text.body.map(fill).join("\n") };
}

function textOf(about: StaffMailAbout): { readonly subject: string; readonly body: readonly string[] } {
  if (about.kind === "deadline") return staffMailTexts[about.when];
  if (about.kind === "plan") return staffMailTexts[about.when === "near" ? "planNear" : "planPassed"];
  return staffMailTexts[about.kind === "dispute" ? about.about : about.kind];
}

function valuesOf(about: StaffMailAbout, staffOrigin: string): Record<string, string> {
  switch (about.kind) {
    case "enrolment":
      return { link: about.link, until: formatInstant(about.expiresAt) };
    case "major":
      return { number: String(about.number), link: `${staffOrigin}${paths.staff.lead(about.leadId)}` };
    case "officeAlert":
      return { number: String(about.number), link: `${staffOrigin}${paths.staff.alerts()}` };
    case "dispute":
      return { number: String(about.number), link: `${staffOrigin}${paths.staff.dispute(about.leadId)}` };
    case "deadline":
      return {
        number: String(about.number),
        link: `${staffOrigin}${paths.staff.lead(about.leadId)}`,
        clock: staffMailTexts.clocks[about.clock],
        due: about.due,
      };
    case "supervision":
      return {
        year: String(about.year),
        no: String(about.no),
        due: formatDay(about.answerBy),
        link: `${staffOrigin}${paths.staff.deadlines()}`,
      };
    case "calendar":
      return {
        year: String(about.year),
        document: about.document,
        link: `${staffOrigin}${paths.staff.deadlines()}`,
      };
    case "budget":
      return {
        source: about.source,
        year: String(about.year),
        percent: String(about.percent),
        link: `${staffOrigin}${paths.staff.budget()}`,
      };
    // Neither its name nor its query, in which a subject's name may stand.
    case "view":
      return { link: `${staffOrigin}${paths.staff.board()}` };
    case "plan":
      return { phase: about.phase, due: formatDay(about.due), link: `${staffOrigin}${paths.staff.plan()}` };
  }
}
