import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { tellRows } from "~server/cli/tell-rows";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What is told of 500, 1000 and so on of 2000 rows, one every `step` milliseconds, on a terminal or not. */
function told(isTTY: boolean, step: number): string[] {
  const lines: string[] = [];
  const tell = tellRows({ isTTY, write: (text) => lines.push(text) }, "ledger");
  for (let done = 500; done <= 2_000; done += 500) {
    vi.advanceTimersByTime(step);
    tell(done, 2_000);
  }
  return lines;
}

describe("the progress of a long check", () => {
  it("says every five seconds how far it has come, how fast, and how long it still takes", () => {
    expect(told(false, 5_000)).toEqual([
      "[######..................]  25 %  ledger: 500 rows, 100 rows/s, 0:15 left\n",
      "[############............]  50 %  ledger: 1000 rows, 100 rows/s, 0:10 left\n",
      "[##################......]  75 %  ledger: 1500 rows, 100 rows/s, 0:05 left\n",
      "[########################] 100 %  ledger: 2000 rows, 100 rows/s, 0:00 left\n",
    ]);
  });

  it("says nothing of a short one where stderr is a file, and keeps one line on a terminal", () => {
    expect(told(false, 1_000)).toEqual([]);
    const bar = told(true, 1_000);
    expect(bar).toHaveLength(4);
    for (const text of bar) {
      expect(text.slice(0, 4)).toBe("\r\u001b[K");
      expect(text.slice(4)).toMatch(/^\[[#.]{24}\] [^\n]*$/);
    }
  });

  it("takes a count that was too low, and none at all, for done", () => {
    const lines: string[] = [];
    const tell = tellRows({ write: (text) => lines.push(text) }, "audit trail");
    vi.advanceTimersByTime(5_000);
    tell(12, 10);
    vi.advanceTimersByTime(5_000);
    tell(0, 0);
    expect(lines.map((line) => line.slice(0, 33))).toEqual([
      "[########################] 100 % ",
      "[########################] 100 % ",
    ]);
  });
});
