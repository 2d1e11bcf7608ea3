import { expect, it } from "vitest";
import { momentsOf, welchT } from "~server/cli/welch";

it("Welch's t counts in standard errors of both samples", () => {
  // Means 2 and 4, variances 1 and 4: t = -2 / sqrt(1/3 + 4/3).
  expect(welchT([1, 2, 3], [2, 4, 6])).toBeCloseTo(-2 / Math.sqrt(5 / 3), 12);
  expect(welchT([2, 4, 6], [1, 2, 3])).toBeCloseTo(2 / Math.sqrt(5 / 3), 12);
  expect(welchT([1, 2, 3], [3, 2, 1])).toBe(0);
  expect(momentsOf([1, 2, 3, 4])).toEqual({ mean: 2.5, variance: 5 / 3 });
});
