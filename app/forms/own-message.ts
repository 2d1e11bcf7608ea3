import { z } from "zod";
import { MESSAGE_CHARACTERS } from "~server/secrecy/message-format";
import { cleanNote } from "./clean-text";

/** What is wrong with a reporter's message; keys of the catalogue (`status.messages.errors.*`). */
export const MESSAGE_FAULTS = [
  "empty",
  "tooLong",
  "tooMany",
  "waiting",
  "notClosed",
  "noKeys",
  "again",
  "files",
  "filesBroken",
  "tooManyFiles",
] as const;
export type MessageFault = (typeof MESSAGE_FAULTS)[number];

/** What a reporter's form sends: words, or the reason for a wish to reopen. */
export const OWN_INTENTS = ["message", "reopen"] as const;
export type OwnIntent = (typeof OWN_INTENTS)[number];

/** The field each one's words stand in: both boxes are of one form. */
export const WORDS_FIELD = { message: "text", reopen: "reason" } as const satisfies Record<OwnIntent, string>;

/** 1 to 20 000 characters as written, and the random id the form was drawn with. */
export const ownMessageSchema = schemaFrom(1);
/** Files may come without a word. */
export const filesMessageSchema = schemaFrom(0);

function schemaFrom(least: number) {
  return z.object({
    formId: z.uuid("again"),
    text: z.preprocess(
      (value) => cleanNote(value ?? ""),
      z.string().min(least, "empty").max(MESSAGE_CHARACTERS, "tooLong"),
    ),
  });
}
