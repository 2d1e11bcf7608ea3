import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** WCAG 2.0, 2.1 and 2.2, levels A and AA. Axe has no separate tag for 2.2 A. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];

const SCRIPT_PROBE_MS = 3_000;

async function scriptsRun(page: Page): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), SCRIPT_PROBE_MS);
  });
  // With scripts off an evaluation may still answer, but timers never fire, and axe would hang on one.
  const probe = page.evaluate("new Promise((done) => setTimeout(() => done(true), 0))").then(
    (answer) => answer === true,
    () => false,
  );
  return Promise.race([probe, tooLong]).finally(() => clearTimeout(timer));
}

/**
 * Fails with one paragraph per broken accessibility rule: its id, what it asks, and each element at fault.
 * @throws Error also in a context with scripts off, where axe cannot run.
 */
export async function expectNoAxeFindings(page: Page): Promise<void> {
  if (!(await scriptsRun(page))) throw new Error("axe needs a context with scripts on");
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  if (violations.length === 0) return;
  const paragraphs = violations.map(({ id, impact, help, nodes }) => {
    const elements = nodes.map((node) => {
      const reasons = [...node.any, ...node.all, ...node.none].map(({ message }) => message);
      return `    ${node.target.join(" ")}\n      ${node.html}\n      ${reasons.join("; ")}`;
    });
    return `  ${id} (${impact ?? "unrated"}): ${help}\n${elements.join("\n")}`;
  });
  throw new Error(
    `${violations.length} accessibility rules broken on ${page.url()}\n${paragraphs.join("\n")}`,
  );
}
