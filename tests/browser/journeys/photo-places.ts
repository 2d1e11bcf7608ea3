import { spellBytes, spellText } from "~tests/canary/encodings";
import { makePatternTable, type PatternTable } from "~tests/canary/pattern-table";

export type Angle = readonly [degrees: number, minutes: number, seconds: number];

/** Where each photo was taken; seconds to a ten-thousandth, as phones write them. */
export const PLACES: readonly { name: string; latitude: Angle; longitude: Angle }[] = [
  { name: "现场1.jpg", latitude: [29, 6, 47.3921], longitude: [119, 38, 52.7183] },
  { name: "现场2.jpg", latitude: [29, 18, 13.8467], longitude: [120, 4, 31.9253] },
  { name: "现场3.jpg", latitude: [28, 53, 28.6139], longitude: [119, 49, 7.5381] },
];

const tenThousandths = (seconds: number) => Math.round(seconds * 10_000);

export function asRationals([degrees, minutes, seconds]: Angle): string {
  return `${String(degrees)}/1 ${String(minutes)}/1 ${String(tenThousandths(seconds))}/10000`;
}

/** EXIF's three rationals, each of two 32-bit numbers: whole, and the seconds alone. */
export function binaryForms([degrees, minutes, seconds]: Angle): Buffer[] {
  const numbers = [degrees, 1, minutes, 1, tenThousandths(seconds), 10_000];
  return [true, false].flatMap((little) => {
    const bytes = Buffer.alloc(24);
    for (const [at, number] of numbers.entries()) {
      if (little) bytes.writeUInt32LE(number, 4 * at);
      else bytes.writeUInt32BE(number, 4 * at);
    }
    return [bytes, bytes.subarray(16)];
  });
}

/** A coordinate as people and programs write it. Five places of a degree are a metre; more would be rounding. */
function writtenForms(angle: Angle): string[] {
  const [degrees, minutes, seconds] = angle.map(String) as [string, string, string];
  const decimal = angle[0] + angle[1] / 60 + angle[2] / 3600;
  const cut = (seconds.match(/^\d+\.\d\d/) ?? [seconds])[0];
  return [
    decimal.toFixed(7).slice(0, -2),
    `${degrees} ${(angle[1] + angle[2] / 60).toFixed(7).slice(0, -2)}`,
    `${String(tenThousandths(angle[2]))}/10000`,
    ...[seconds, cut].flatMap((of) => [
      `${degrees}°${minutes}'${of}`,
      `${degrees}° ${minutes}' ${of}`,
      `${degrees}°${minutes}′${of}`,
      `${degrees}° ${minutes}′ ${of}`,
      `${degrees} deg ${minutes}' ${of}`,
      `${degrees}度${minutes}分${of}`,
      `${degrees},${minutes},${of}`,
      `${degrees}, ${minutes}, ${of}`,
    ]),
  ];
}

/** Finds every way a place of the photos might stand somewhere. */
export function placesTable(): PatternTable {
  const table = makePatternTable();
  for (const { name, latitude, longitude } of PLACES) {
    for (const angle of [latitude, longitude]) {
      const spelled = [
        ...binaryForms(angle).flatMap((bytes) => spellBytes(bytes)),
        ...writtenForms(angle).flatMap((text) => spellText(text)),
      ];
      for (const { encoding, bytes } of spelled) table.add(bytes, { what: name, encoding, person: null });
    }
  }
  return table;
}
