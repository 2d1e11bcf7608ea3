/**
 * On which lead's trail an event about a tip is told, as a part of `recordEvent`'s input. What accuses an official is
 * told of no lead: the bodies that hold it read its trail, and not even that such a report came is theirs to know.
 */
export function trailLead(tip: { readonly leadId: string | null; readonly concernsOfficial: boolean }): {
  leadId?: string;
} {
  return tip.leadId === null || tip.concernsOfficial ? {} : { leadId: tip.leadId };
}
