import { z } from "zod";
import { cleanIdNumber } from "./id-number";
import { readPhone } from "./phone";
import { choice, optionalText, optionalWords, tick } from "./report-inputs";

/** Who reports, how they know, and what they want: sealed, apart from the choice of manner and the wish for a reward. */

export const modeSchema = z.object({ mode: choice(["anonymous", "named"]) });

export const RELATIONS = ["investor", "employee", "insider", "relative", "other"] as const;
export const relationSchema = z.object({ relation: choice(RELATIONS) });

export const SOURCES = [
  "own_experience",
  "family_or_friend",
  "workplace",
  "advertisement",
  "online",
  "other",
] as const;
export const sourceSchema = z.object({
  source: choice(SOURCES),
  prior: choice(["no", "yes"]),
  priorWhere: optionalWords(200),
});

/** 居民身份证, 护照, 港澳居民来往内地通行证 or 居住证, 台湾居民来往大陆通行证 or 居住证, another paper, none for now. */
export const ID_KINDS = ["id_card", "passport", "hk_macao", "taiwan", "other", "none"] as const;
export type IdKind = (typeof ID_KINDS)[number];

/** What the identity card's number itself says is judged with the calendar at hand (`idNumberFault`). */
export const identitySchema = z
  .object({
    contactName: optionalWords(60),
    idKind: choice(ID_KINDS),
    idNumber: optionalText(60).transform((value) => (value === null ? null : cleanIdNumber(value))),
  })
  .superRefine(({ contactName, idKind, idNumber }, ctx) => {
    if (contactName === null || contactName.length < 2) {
      ctx.addIssue({ code: "custom", path: ["contactName"], message: "contactName" });
    }
    if (idKind === "none" || idKind === "id_card") return;
    if (idNumber === null || !/^[\p{L}\d()/.]{4,30}$/u.test(idNumber)) {
      ctx.addIssue({ code: "custom", path: ["idNumber"], message: "idOther" });
    }
  });

export const contactSchema = z
  .object({ contactPhone: optionalText(40), contactEmail: optionalText(120) })
  .superRefine((value, ctx) => {
    if (value.contactPhone === null && value.contactEmail === null) {
      ctx.addIssue({ code: "custom", path: ["contactPhone"], message: "contactOne" });
    }
    if (value.contactPhone !== null && readPhone(value.contactPhone) === null) {
      ctx.addIssue({ code: "custom", path: ["contactPhone"], message: "phoneWrong" });
    }
    if (value.contactEmail !== null && !isEmail(value.contactEmail)) {
      ctx.addIssue({ code: "custom", path: ["contactEmail"], message: "emailWrong" });
    }
  });

/** Where “there is news” may be sent; empty for nowhere. */
export const noticeSchema = z.object({
  noticeEmail: optionalText(120).refine((value) => value === null || isEmail(value), "emailWrong"),
});

function isEmail(value: string): boolean {
  return z.email().safeParse(value).success;
}

/** Whether an agency or an official is part of the matter; who is not sure says yes. */
export const officialSchema = z.object({ official: choice(["no", "yes"]) });

export const rewardSchema = z
  .object({ wantsReward: choice(["yes", "no"]), noConflict: tick })
  .refine((value) => value.wantsReward === "no" || value.noConflict === "yes", {
    path: ["noConflict"],
    message: "conflict",
  });

export const declarationSchema = z.object({ truthful: z.literal("yes", "declare") });
