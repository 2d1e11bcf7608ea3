/** A rate as a scheme writes it (`"0.2"`, `"20%"`) for people: `20%`. A ratio stays as it is. */
export function formatPercent(rate: string): string {
  if (rate.endsWith("%") || rate.includes("/")) return rate;
  const [whole = "0", places = ""] = rate.split(".");
  const digits = `${whole}${places.padEnd(2, "0")}`;
  const at = whole.length + 2;
  const text = `${digits.slice(0, at)}.${digits.slice(at)}`.replace(/\.?0*$/, "").replace(/^0+(?=\d)/, "");
  return `${text}%`;
}
