import type { LoaderFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { BOOK_DOCUMENTS } from "~server/books/book-formats";
import { parseMonth } from "~server/books/month";
import { printBooks } from "~server/books/print-books.server";
import { notFound } from "~server/errors.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({
  document: z.enum(BOOK_DOCUMENTS),
  month: z.string(),
  from: z.coerce.number().int().min(1).max(100_000_000).default(1),
});

/** A month's vouchers, payment list or statement, printed. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const asked = query.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  const month = asked.success ? parseMonth(asked.data.month) : null;
  const { bytes, fileName } = await answerRefusals(
    asked.success && month !== null
      ? printBooks(context.portal, { ...asked.data, month }, actorOf(context))
      : Promise.reject(notFound()),
  );
  return new Response(new Uint8Array(bytes), {
    headers: {
      "Content-Type": "application/pdf",
      "Content-Disposition": `attachment; filename="${fileName}"`,
      "Content-Length": String(bytes.length),
      "Cache-Control": "no-store",
    },
  });
}
