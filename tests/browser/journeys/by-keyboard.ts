import type { Page } from "playwright-core";
import { expect } from "vitest";

type Focus = {
  readonly matches: boolean;
  /** Whether an outline or the like is drawn on it or on the box around it. */
  readonly seen: boolean;
  readonly inView: boolean;
  readonly what: string;
  /** Where it stands among everything that can be reached, in the order of the page. */
  readonly place: number;
};

const STOPS = 'a[href], button, input:not([type="hidden"]), select, textarea, summary, [tabindex="0"]';

/**
 * Presses Tab until the focus is on `selector`; a group of radios is one stop. Fails where a stop on the way shows no
 * focus, stands outside the view, or comes before the last one in the page.
 */
export async function tabTo(page: Page, selector: string): Promise<void> {
  let last = -1;
  for (let press = 0; press < 200; press += 1) {
    await page.keyboard.press("Tab");
    const focus = await focusOf(page, selector);
    // Past the last stop the focus is the browser's own, and comes round to the first.
    if (focus === null) {
      last = -1;
      continue;
    }
    expect(focus, `focus on ${focus.what}`).toMatchObject({ seen: true, inView: true });
    expect(focus.place, `order at ${focus.what}`).toBeGreaterThan(last);
    last = focus.place;
    if (focus.matches) return;
  }
  throw new Error(`the keyboard does not reach ${selector}`);
}

function focusOf(page: Page, wanted: string): Promise<Focus | null> {
  return page.evaluate(
    ([selector, stops]) => {
      const at = document.activeElement;
      if (at === null || at === document.body) return null;
      const outlined = (element: Element | null): boolean => {
        if (element === null) return false;
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
      };
      const { top, bottom } = at.getBoundingClientRect();
      return {
        matches: at.matches(selector),
        seen: outlined(at) || outlined(at.closest("label, [class*='choice']")),
        inView: bottom > 0 && top < window.innerHeight,
        what: `${at.tagName.toLowerCase()} ${at.id || at.getAttribute("name") || (at.textContent ?? "").slice(0, 20)}`,
        place: [...document.querySelectorAll(stops)].indexOf(at),
      };
    },
    [wanted, STOPS] as const,
  );
}

/** Goes to the field and answers it by keys alone. */
export async function typeAnswer(page: Page, name: string, value: string): Promise<void> {
  const field = `[name="${name}"]`;
  await tabTo(page, `main ${field}`);
  const isChecked = () => page.locator(`input${field}[value="${value}"]`).isChecked();
  const kind = await page.evaluate(
    () => document.activeElement?.getAttribute("type") ?? document.activeElement?.tagName,
  );
  if (kind === "radio") {
    await page.keyboard.press("Space");
    for (let press = 0; press < 30 && !(await isChecked()); press += 1)
      await page.keyboard.press("ArrowDown");
    expect(await isChecked(), `${name} ${value}`).toBe(true);
  } else if (kind === "checkbox") {
    // Each box is a stop of its own.
    await tabToValue(page, field, value);
    await page.keyboard.press("Space");
    expect(await isChecked()).toBe(true);
  } else if (kind === "SELECT") {
    for (let press = 0; press < 80; press += 1) {
      if ((await page.locator(`select${field}`).inputValue()) === value) return;
      await page.keyboard.press("ArrowDown");
    }
    throw new Error(`the keyboard does not choose ${value}`);
  } else {
    await page.keyboard.insertText(value);
  }
}

async function tabToValue(page: Page, field: string, value: string): Promise<void> {
  const there = `${field}[value="${value}"]`;
  if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, there)) return;
  await tabTo(page, there);
}

/** Presses Enter on the button `selector`, which opens another answer; `where` tells that it came. */
export async function pressEnter(page: Page, selector: string, where: () => Promise<unknown>): Promise<void> {
  await tabTo(page, selector);
  await page.keyboard.press("Enter");
  await where();
  await page.waitForLoadState("domcontentloaded");
}

/**
 * Sends a page that refuses it: the summary of its faults has the focus, with a script and without, and its first line
 * leads to the field at fault.
 */
export async function meetErrors(page: Page, button: string): Promise<void> {
  await pressEnter(page, button, () => page.locator("[data-error-summary]").waitFor());
  await page.locator("[data-error-summary]:focus").waitFor({ timeout: 5_000 });
  await page.keyboard.press("Tab");
  const line = page.locator("[data-error-summary] a:focus");
  const field = (await line.getAttribute("href"))?.slice(1) ?? "";
  await page.keyboard.press("Enter");
  // What follows it, or it itself, is the next stop.
  await page.waitForURL((url) => url.hash === `#${field}`);
}

/** The way round the page: every stop once, then out of the page and in again at its first. */
export async function expectNoTrap(page: Page): Promise<void> {
  const seen = new Set<number>();
  for (let press = 0; press < 200; press += 1) {
    await page.keyboard.press("Tab");
    const focus = await focusOf(page, "body");
    if (focus === null || seen.has(focus.place)) {
      expect(seen.size).toBeGreaterThan(3);
      return;
    }
    seen.add(focus.place);
  }
  throw new Error("the keyboard never comes round");
}
