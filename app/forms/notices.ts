import { z } from "zod";

/** Sealed addresses handed out by one request, and mails sent by one. */
export const NOTICES_A_LIST = 100;
export const NOTICES_A_POST = 10;

/** An address as the reporter gave it; what the form let through. Spaces and brackets would make it another's. */
const address = z
  .string()
  .max(254)
  .regex(/^[^\s@<>()",;:\\[\]\p{Cc}]{1,64}@[^\s@<>()",;:\\[\]\p{Cc}]{1,190}$/u);

/** What the notice desk's browser asks: the sealed addresses of waiting notices, or that mails be sent. */
export const noticesRequest = z.discriminatedUnion("step", [
  z.strictObject({
    step: z.literal("list"),
    /** The last one seen: day and id. */
    after: z.strictObject({ on: z.iso.date(), id: z.uuid() }).nullable(),
  }),
  z.strictObject({
    step: z.literal("send"),
    mails: z
      .array(z.strictObject({ noticeId: z.uuid(), address }))
      .min(1)
      .max(NOTICES_A_POST),
  }),
]);
export type NoticesRequest = z.input<typeof noticesRequest>;

/** What became of one notice: as `MailOutcome`, or somebody else had taken it (`taken`), or no time was left (`untried`). */
export type NoticeResult = {
  readonly noticeId: string;
  readonly state: "sent" | "later" | "unsent" | "unknown" | "taken" | "untried";
  readonly fault: string | null;
};

const ids = z.preprocess(
  (value: unknown) => (value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value]),
  z.array(z.uuid()).min(1, "chooseNotices").max(1000, "chooseNotices"),
);

/** What a member decides about notices that did not leave: they wait again, or are given up. */
export const settleNoticesSchema = z.object({ act: z.enum(["again", "drop"]), notices: ids });

/** What a reporter left, as sealed in `contact`; null where it holds no address. Client-safe. */
export function addressOf(contact: string): string | null {
  try {
    const { email } = JSON.parse(contact) as { email?: unknown };
    return typeof email === "string" && address.safeParse(email).success ? email : null;
  } catch {
    return null;
  }
}
