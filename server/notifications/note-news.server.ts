import { sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { leads } from "~db/schema/leads";

/**
 * Notes that there is news for reporters: of these tips, a few, or of all tips of a lead. Those who left an address and
 * whose receipt still opens get one waiting notice each: of tips at once, of a lead from the job that spreads it after
 * commit (`spreadNews`), so that the act costs one row however many they are. `on` is the notice's day (`YYYY-MM-DD`).
 * Only tips and leads the acting person may act on count, and nobody learns who left an address (0021, 0023). Call it in
 * the transaction of the act that is the news.
 */
export async function noteNews(
  tx: Tx,
  input: { readonly tipIds: readonly string[] } | { readonly leadId: string },
  on: string,
): Promise<void> {
  if ("leadId" in input) {
    await tx.execute(
      sql`select note_news_of_lead(${leads.id}, ${on}::date) from ${leads} where ${leads.id} = ${input.leadId}`,
    );
  } else if (input.tipIds.length > 0) {
    await tx.execute(
      sql`select note_news_of_tips(array_agg(${tips.id}), ${on}::date) from ${tips} where ${tips.id} in ${[...input.tipIds]}`,
    );
  }
}
