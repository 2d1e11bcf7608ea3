/**
 * Welch's t between two samples of unequal variance: how many standard errors their means lie apart. |t| < 4.5 is the
 * usual bound below which a timing leak is not claimed (TVLA, ISO/IEC 17825).
 */
export function welchT(a: readonly number[], b: readonly number[]): number {
  const [one, other] = [momentsOf(a), momentsOf(b)];
  return (one.mean - other.mean) / Math.sqrt(one.variance / a.length + other.variance / b.length);
}

/** Mean, and variance with n − 1. */
export function momentsOf(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}
