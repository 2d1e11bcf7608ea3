import type { LoaderFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { notFound } from "~server/errors.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";
import { printDay } from "~server/windows/print-window.server";

const asked = z.object({ windowId: z.uuid(), day: z.iso.date() });

/** 日结单 of one window's day. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  const parsed = asked.safeParse(params);
  if (!parsed.success) throw refusalResponse(notFound());
  const { db, clock } = context.portal;
  const pdf = await answerRefusals(printDay(db, parsed.data, actorOf(context), clock.now()));
  return new Response(new Uint8Array(pdf), {
    headers: {
      "Content-Type": "application/pdf",
      "Content-Disposition": `attachment; filename="rijie-${parsed.data.day}.pdf"`,
      "Cache-Control": "no-store",
    },
  });
}
