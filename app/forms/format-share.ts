/**
 * A part of a sum (both 分) as a percentage of at most two decimals, to the nearest hundredth of a percent, half up.
 * `exact` is false where that percentage of the sum misses the part by one 分 or more, as with a third.
 * Throws RangeError unless 0 ≤ part ≤ sum and the sum is above nothing.
 */
export function formatShare(part: bigint, sum: bigint): { percent: string; exact: boolean } {
  if (sum <= 0n || part < 0n || part > sum) throw new RangeError("not a part of the sum");
  const hundredths = (part * 20_000n + sum) / (sum * 2n);
  const decimals = (hundredths % 100n).toString().padStart(2, "0").replace(/0+$/, "");
  const miss = hundredths * sum - part * 10_000n;
  return {
    percent: `${hundredths / 100n}${decimals === "" ? "" : `.${decimals}`}%`,
    exact: (miss < 0n ? -miss : miss) < 10_000n,
  };
}
