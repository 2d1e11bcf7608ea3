import { z } from "zod";
import { NONCE_BYTES, SUITE } from "~server/secrecy/format";
import { MESSAGES_A_PAGE } from "~server/messages/message-rules";
import { optionalNote, shownVersion } from "./form-fields";

const base64url = (length: number) => z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${length}}$`));

/** A sealed body is one of the padded sizes (format.ts), its nonce and its tag: 20 000 characters and a list of files. */
const BODY_LENGTHS = [4, 16, 64, 128].map((kib) => Math.ceil(((kib * 1024 + NONCE_BYTES + 16) * 4) / 3));
const sealedBody = z
  .string()
  .regex(/^[A-Za-z0-9_-]*$/)
  .refine(({ length }) => BODY_LENGTHS.includes(length));

/** Staff's words as their browser sealed them: nothing here can be read by the server. */
const message = z.strictObject({
  id: z.uuid(),
  suite: z.literal(SUITE),
  body: sealedBody,
  contentEnc: base64url(43),
  contentBody: base64url(64),
  replyEnc: base64url(43),
  replyBody: base64url(64),
});

/** What the lead's page asks of its messages endpoint. */
export const messageAct = z.discriminatedUnion("step", [
  z.strictObject({
    step: z.literal("write"),
    tipId: z.uuid(),
    kind: z.enum(["text", "question"]),
    message,
  }),
  z.strictObject({
    step: z.literal("read"),
    tipId: z.uuid(),
    ids: z.array(z.uuid()).min(1).max(MESSAGES_A_PAGE),
  }),
  /** A wish to open the matter again, answered with a message. */
  z.strictObject({ step: z.literal("decline"), tipId: z.uuid(), wishId: z.uuid(), message }),
]);
export type MessageAct = z.input<typeof messageAct>;

/** The plain form that opens a closed lead again. */
export const reopenSchema = z.object({
  version: shownVersion,
  reopenNote: optionalNote(1000).pipe(z.string("needsReopenNote")),
});

/** Questions staff ask most; their words are in the catalogue (`messages.templates.*`). */
export const QUESTION_TEMPLATES = [
  "payment",
  "contract",
  "account",
  "contact",
  "promotion",
  "victims",
  "status",
  "received",
] as const;
