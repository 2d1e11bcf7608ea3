const digits = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"] as const;
const places = ["", "拾", "佰", "仟"] as const;

/** Ten thousand 万亿 元, in 分: beyond it no unit is in use. */
const limit = 10n ** 18n;

/**
 * 中文大写金额 of an amount in 分, without the prefix 人民币, by 《支付结算办法》（银发〔1997〕393号）附一：
 * - up to 元, 整 follows; after 角 it may be left out and is; after 分 it is never written;
 * - a 0, or several in a row, in the middle is one 零;
 * - where the 万 place is 0 and the 仟 place is not, or the 元 place is 0 and the 角 place is not, the
 *   rule allows both readings: this is the one it prints first (壹拾万柒仟元零伍角叁分);
 * - where 角 is 0 and 分 is not, 零 follows 元.
 * Throws RangeError below zero and from 10,000 万亿元 on.
 */
export function capitalAmount(fen: bigint): string {
  if (fen < 0n || fen >= limit) throw new RangeError("an amount that has no form in capital characters");
  const yuan = fen / 100n;
  const [jiao, cent] = [Number((fen / 10n) % 10n), Number(fen % 10n)];
  if (fen === 0n) return "零元整";

  const whole = yuan > 0n ? `${wholeYuan(yuan)}元` : "";
  if (jiao === 0 && cent === 0) return `${whole}整`;
  const afterZero = jiao === 0 || yuan % 10n === 0n;
  const tens = jiao > 0 ? `${digits[jiao]}角` : "";
  const ones = cent > 0 ? `${digits[cent]}分` : "";
  return `${whole}${whole !== "" && afterZero ? "零" : ""}${tens}${ones}`;
}

/** A whole number below 10^16, in groups of four: 万 inside 亿 inside 万亿. */
function wholeYuan(yuan: bigint): string {
  const high = yuan / 100_000_000n;
  const low = yuan % 100_000_000n;
  if (high === 0n) return belowYi(low);
  if (low === 0n) return `${belowYi(high)}亿`;
  // The 亿 place has no exception: a 0 there, or at the head of what follows, is written.
  const gap = high % 10n === 0n || low < 10_000_000n;
  return `${belowYi(high)}亿${gap ? "零" : ""}${belowYi(low)}`;
}

function belowYi(amount: bigint): string {
  const high = Number(amount / 10_000n);
  const low = Number(amount % 10_000n);
  if (high === 0) return belowWan(low);
  if (low === 0) return `${belowWan(high)}万`;
  // A 0 at the 万 place alone, before a 仟, is the case where 零 may be left out.
  return `${belowWan(high)}万${low < 1000 ? "零" : ""}${belowWan(low)}`;
}

/** 1 to 9999: zeros inside are one 零, zeros at either end are silent. */
function belowWan(amount: number): string {
  let written = "";
  let zeros = false;
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(amount / 10 ** place) % 10;
    if (digit === 0) {
      zeros = written !== "";
      continue;
    }
    written += `${zeros ? "零" : ""}${digits[digit]}${places[place]}`;
    zeros = false;
  }
  return written;
}
