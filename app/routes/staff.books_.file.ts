import type { LoaderFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { BOOK_FORMATS } from "~server/books/book-formats";
import { exportBooks } from "~server/books/export-books.server";
import { notFound } from "~server/errors.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({ format: z.enum(BOOK_FORMATS) });

/** The whole ledger as a file for other people's tools. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const asked = query.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  const { body, fileName, type } = await answerRefusals(
    asked.success
      ? exportBooks(context.portal, asked.data.format, actorOf(context))
      : Promise.reject(notFound()),
  );
  return new Response(body, {
    headers: {
      "Content-Type": `${type}; charset=utf-8`,
      "Content-Disposition": `attachment; filename="${fileName}"`,
      "Cache-Control": "no-store",
    },
  });
}
