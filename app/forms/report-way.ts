import { paths } from "~/paths";
import { stepsFor, type RawAnswers, type Step } from "./report";

/** Where a reporter came to a page from, and goes back to: the answers' list, the overview, or page after page. */
export type From = "check" | "overview" | null;

export function readFrom(url: URL): From {
  const from = url.searchParams.get("from");
  return from === "check" || from === "overview" ? from : null;
}

/** A page's place in the form. `next` is where “continue” leads once it passes. */
export type Way = { readonly at: number; readonly of: number; readonly back: string; readonly next: string };

/** null for a step this reporter is not asked. */
export function wayOf(raw: RawAnswers, step: Step, from: From): Way | null {
  const steps = stepsFor(raw);
  const at = steps.indexOf(step);
  if (at === -1) return null;
  const [previous, following] = [steps[at - 1], steps[at + 1]];
  const origin = from === null ? null : from === "check" ? paths.reportStep("check") : paths.reportOverview();
  return {
    at: at + 1,
    of: steps.length,
    back: origin ?? (previous === undefined ? paths.report() : paths.reportStep(previous)),
    next: origin ?? paths.reportStep(following ?? "check"),
  };
}
