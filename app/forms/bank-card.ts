/** Bank cards begin with these; company accounts carry no Luhn digit and begin otherwise or are of other lengths. */
const CARD = /^(?:62\d{14}|62\d{15}|62\d{17}|4\d{15}|5[1-5]\d{14}|35\d{14}|9[5-9]\d{14,17})$/;

/** Whether the last digit agrees with the rest (Luhn, ISO/IEC 7812-1 annex B). `digits` are digits alone. */
export function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return digits !== "" && sum % 10 === 0;
}

/** The bank card in a line of text whose last digit does not agree with the rest, or null. Reason to look again, no more. */
export function doubtfulCard(line: string): string | null {
  const runs = line.normalize("NFKC").match(/\d(?:[\s-]?\d)+/g) ?? [];
  const cards = runs.map((run) => run.replace(/\D/g, "")).filter((digits) => CARD.test(digits));
  return cards.find((digits) => !passesLuhn(digits)) ?? null;
}
