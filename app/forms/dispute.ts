import { z } from "zod";
import { cleanNote, cleanText } from "./clean-text";
import { optionalDay, typedDay } from "./day-fields";
import { checkbox, optionalChoice, optionalNote, shownVersion } from "./form-fields";

const words = (max: number, missing: string) =>
  z.preprocess(
    (value) => (typeof value === "string" ? cleanNote(value) : ""),
    z.string().min(2, missing).max(max, "tooLong"),
  );
const basis = words(300, "needsLegalBasis");
const body = z.preprocess(
  (value) => cleanText(value ?? ""),
  z.string("chooseBody").min(1, "chooseBody").max(100, "chooseBody"),
);
/** A party's opinion; `seen` is the version the form showed, 0 for none. */
export const opinionSchema = z
  .object({
    agencyId: body,
    seen: z.preprocess(
      cleanText,
      z
        .string("version")
        .regex(/^\d{1,6}$/, "version")
        .transform(Number),
    ),
    opinion: words(4000, "needsOpinion"),
    legalBasis: basis,
    proposedBody: z.preprocess(
      (value) => cleanText(value ?? ""),
      z.string().min(1, "needsProposedBody").max(100, "needsProposedBody"),
    ),
    letterNumber: optionalNote(100),
    letterOn: optionalDay,
    byLetter: checkbox,
  })
  .superRefine((value, ctx) => {
    if (!value.byLetter) return;
    if (value.letterNumber === null)
      ctx.addIssue({ code: "custom", path: ["letterNumber"], message: "needsLetter" });
    if (value.letterOn === null) ctx.addIssue({ code: "custom", path: ["letterOn"], message: "dateWrong" });
  });

export const questionSchema = z.object({ version: shownVersion, question: words(500, "needsQuestion") });

/** A meeting, experts asked, the question put to the leading group, its answer. */
export const proceedingSchema = z
  .object({
    kind: z.enum(["meeting", "expert", "escalated", "answered"], "version"),
    heldOn: typedDay,
    people: optionalNote(500),
    summary: words(4000, "needsProceeding"),
    documentNumber: optionalNote(100),
  })
  .superRefine((value, ctx) => {
    const papers = value.kind === "escalated" || value.kind === "answered";
    if (papers && value.documentNumber === null)
      ctx.addIssue({ code: "custom", path: ["documentNumber"], message: "needsDocument" });
    if (!papers && value.people === null)
      ctx.addIssue({ code: "custom", path: ["people"], message: "needsPeople" });
  });

export const inviteSchema = z.object({ agencyId: body });

/** The decision: the first lead body, and any that lead with it (联合整治). */
export const decideSchema = z.object({
  version: shownVersion,
  leadBody: body,
  withBodies: z
    .preprocess(
      (value) => (Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value]),
      z.array(z.string().max(100)).max(10, "tooLong"),
    )
    .transform((all) => all.map((one) => String(cleanText(one))).filter((one) => one !== "")),
  byGroup: checkbox,
  legalBasis: basis,
  reasons: words(4000, "needsReasons"),
  dissent: optionalNote(2000),
});

/** 按决定转办: what the ordinary dispatch asks, but for the body. */
export const followSchema = z.object({
  version: shownVersion,
  sector: z.preprocess(cleanText, z.string("chooseSector").min(1, "chooseSector").max(40, "chooseSector")),
  suspectedCrime: checkbox,
  petition: checkbox,
  nested: checkbox,
});

export const askSchema = z.object({ facts: words(4000, "needsNewFacts"), legalBasis: basis });
export const answerSchema = z.object({
  outcome: z.enum(["granted", "refused"], "chooseAnswer"),
  answer: words(2000, "needsAnswer"),
});

/** Which dispute of the lead a page shows; null for the latest. */
export const shownDispute = optionalChoice;
