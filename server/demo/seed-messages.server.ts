import { eq } from "drizzle-orm";
import { v4 as uuidv4 } from "uuid";
import { tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { attachFiles } from "~server/evidence/send-files.server";
import { writeOwnMessage } from "~server/messages/write-own-message.server";
import { writeToReporter } from "~server/messages/write-to-reporter.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { SUITE, toBase64url } from "~server/secrecy/format";
import { sealMessage } from "~server/secrecy/seal-message";
import { systemActor } from "~server/staff-auth/actor";
import type { DemoMessage } from "./demo-grammar";
import { demoReceipt } from "./demo-receipts.server";
import { seedFiles } from "./seed-files.server";
import { castMember, type Cast } from "./seed-people.server";

/** One message of the story, in the way its writer's page sends it. `portal` at the message's day. */
export async function playMessage(
  portal: Portal,
  input: { readonly message: DemoMessage; readonly tipId: string },
  cast: Cast,
): Promise<void> {
  const { message } = input;
  if (message.by !== null) await writeAsStaff(portal, { ...input, by: message.by }, cast);
  else await writeAsReporter(portal, message);
}

async function writeAsReporter(portal: Portal, { tip, text, files = [] }: DemoMessage): Promise<void> {
  const receipt = demoReceipt(portal, tip);
  const lookupId = lookupIdOf(receipt);
  const described = await seedFiles(portal, { kind: "message", lookupId }, files);
  await writeOwnMessage(portal, {
    receipt,
    formId: uuidv4(),
    kind: "text",
    text,
    files: { described, attach: (tx, to) => attachFiles(tx, { lookupId, ...to, files: described }) },
  });
}

/** Sealed here as a member's browser seals it, to the report's content key and the reporter's reply key. */
async function writeAsStaff(
  portal: Portal,
  { message, tipId, by }: { readonly message: DemoMessage; readonly tipId: string; readonly by: string },
  cast: Cast,
): Promise<void> {
  const [tip] = await withActor(portal.db, systemActor("demo-seed"), (tx) =>
    tx
      .select({ leadId: tips.leadId, contentKey: tips.contentKey, replyKey: tips.replyKey })
      .from(tips)
      .where(eq(tips.id, tipId)),
  );
  if (!tip?.leadId || !tip.contentKey || !tip.replyKey) throw new Error("the story writes to no report");
  const ref = { id: uuidv4(), tipId, direction: "out" as const };
  const sealed = await sealMessage(
    ref,
    { text: message.text },
    { contentKey: tip.contentKey, replyKey: tip.replyKey },
  );
  await writeToReporter(
    portal.db,
    {
      leadId: tip.leadId,
      tipId,
      kind: message.waiting ? "question" : "text",
      sealed: {
        id: ref.id,
        suite: SUITE,
        body: toBase64url(sealed.body),
        contentEnc: toBase64url(sealed.content.enc),
        contentBody: toBase64url(sealed.content.body),
        replyEnc: toBase64url(sealed.reply.enc),
        replyBody: toBase64url(sealed.reply.body),
      },
      at: portal.clock.now(),
    },
    castMember(cast, by).actor,
  );
}
