import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";
import { choice, lines, many, optionalText, place, tick, words } from "./report-inputs";
import { readSite } from "./site-address";
import { cleanUscc, isValidUscc } from "./uscc";

/** Who is reported, where, and what for: the pages from 主体类型 to 违规类型. */

export const kindSchema = z.object({ subjectKind: choice(["organisation", "person", "site"]) });

const NOT_KNOWN = /^(?:不清楚|不知道|不详|未知|说不清|无|没有|unknown|not known|don[’']?t know|n\/a)[。.]?$/i;

/** Whether the reporter does not know the name: they ticked so, or wrote so. */
export function nameIsUnknown(name: string, ticked: string | undefined): boolean {
  return NOT_KNOWN.test(name) || (name === "" && ticked === "yes");
}

export const subjectSchema = z
  .object({
    name: words(100),
    nameUnknown: tick,
    uscc: optionalText(60).transform((value) => (value === null ? null : meantUscc(value))),
  })
  .transform(({ name, nameUnknown, uscc }) =>
    nameIsUnknown(name, nameUnknown)
      ? { name: "", nameUnknown: true, uscc }
      : { name, nameUnknown: false, uscc },
  )
  .superRefine((value, ctx) => {
    if (value.name.length < 2 && !value.nameUnknown) {
      ctx.addIssue({ code: "custom", path: ["name"], message: "nameOrUnknown" });
    }
    if (value.uscc !== null && !isValidUscc(value.uscc)) {
      ctx.addIssue({ code: "custom", path: ["uscc"], message: "usccWrong" });
    }
  });

/** The standard leaves I, O, S and Z out because they are taken for digits: read so, the code may be right. */
function meantUscc(typed: string): string {
  const code = cleanUscc(typed);
  if (isValidUscc(code)) return code;
  const meant = code.replaceAll("I", "1").replaceAll("O", "0").replaceAll("Z", "2").replaceAll("S", "5");
  return isValidUscc(meant) ? meant : code;
}

/** Addresses, one a line; words around one fall away, and a line without one stays as typed, to be told so. */
const siteLines = z
  .preprocess((value) => cleanText(value ?? ""), z.string().max(8_000, "tooLong"))
  .transform((value) => [...new Set(value.split("\n").flatMap(sitesIn))])
  .refine((items) => items.length <= 10, "tooMany")
  .refine((items) => items.every((item) => item.length <= 1_000), "tooLong")
  .refine((items) => items.every((item) => readSite(item) !== null), "siteWrong");

function sitesIn(line: string): string[] {
  const pieces = line
    .split(/[;；、,，\s]+/)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== "");
  const found = pieces.flatMap((piece) => readSite(piece)?.address ?? []);
  if (found.length > 0) return found;
  const whole = readSite(line);
  if (whole !== null) return [whole.address];
  return line.trim() === "" ? [] : [line.trim()];
}

export const onlineSchema = z.object({ sites: siteLines, apps: lines(10, 100, cleanNote) });

export const inChargeSchema = z.object({
  responsible: lines(10, 60, cleanNote),
  phonesOrAccounts: lines(10, 80),
});

export const territorySchema = z
  .object({ registered: place, operating: place, occurred: place })
  .refine((value) => value.registered !== null || value.operating !== null || value.occurred !== null, {
    path: ["operating"],
    message: "placeOne",
  });

export const sectorSchema = z.object({
  sector: z.string("chooseOne").min(1, "chooseOne").max(40, "chooseOne"),
});

export const redLinesSchema = z.object({ redLines: many });
