/**
 * Exact rational numbers over bigint. Award arithmetic runs on these alone, so that a percentage
 * of an amount in minor units keeps every digit until the one rounding step, and a replay years
 * later gives the same bytes.
 *
 * Always normalised: the denominator is positive and shares no divisor with the numerator, so equal
 * numbers print alike.
 */
export type Fraction = { readonly numerator: bigint; readonly denominator: bigint };

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** Throws RangeError on a zero denominator. */
export function fraction(numerator: bigint, denominator = 1n): Fraction {
  if (denominator === 0n) throw new RangeError("a fraction's denominator cannot be zero");
  const sign = denominator < 0n ? -1n : 1n;
  const divisor = greatestCommonDivisor(numerator, denominator);
  return { numerator: (sign * numerator) / divisor, denominator: (sign * denominator) / divisor };
}

export const zero: Fraction = fraction(0n);

export function add(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

export function subtract(a: Fraction, b: Fraction): Fraction {
  return add(a, { numerator: -b.numerator, denominator: b.denominator });
}

export function multiply(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** Throws RangeError when `b` is zero. */
export function divide(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.denominator, a.denominator * b.numerator);
}

/** Negative, 0 or positive, as `a` is less than, equal to or more than `b`. */
export function compare(a: Fraction, b: Fraction): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function minimum(a: Fraction, b: Fraction): Fraction {
  return compare(a, b) <= 0 ? a : b;
}

export function maximum(a: Fraction, b: Fraction): Fraction {
  return compare(a, b) >= 0 ? a : b;
}

export function isZero(a: Fraction): boolean {
  return a.numerator === 0n;
}

/** The largest integer not above `a` (towards minus infinity, unlike bigint division). */
export function roundDown(a: Fraction): bigint {
  const quotient = a.numerator / a.denominator;
  return a.numerator % a.denominator < 0n ? quotient - 1n : quotient;
}

/** The nearest integer; exactly one half goes up (四舍五入). */
export function roundHalfUp(a: Fraction): bigint {
  return roundDown(add(a, fraction(1n, 2n)));
}

/** `"a"` for a whole number, `"a/b"` in lowest terms otherwise. */
export function printFraction(a: Fraction): string {
  return a.denominator === 1n ? a.numerator.toString() : `${a.numerator}/${a.denominator}`;
}

/**
 * Reads `"12"`, `"0.0006"`, `"0.06%"` or `"3/5000"`, exactly and without sign.
 * Throws RangeError on anything else.
 */
export function parseFraction(text: string): Fraction {
  const ratio = /^(\d{1,60})\/(\d{1,60})$/.exec(text);
  if (ratio) return fraction(BigInt(ratio[1] ?? ""), BigInt(ratio[2] ?? ""));
  const decimal = /^(\d{1,60})(?:\.(\d{1,60}))?(%?)$/.exec(text);
  if (!decimal) throw new RangeError(`not an exact number: ${JSON.stringify(text)}`);
  const places = decimal[2] ?? "";
  const scale = 10n ** BigInt(places.length) * (decimal[3] === "%" ? 100n : 1n);
  return fraction(BigInt(`${decimal[1]}${places}`), scale);
}
