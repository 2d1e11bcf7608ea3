import { parseForm, type FormValues } from "~/forms/parse-form";
import { decideEntrySchema, loadListSchema } from "~/forms/watch";
import { chinaDay } from "~server/clock";
import { notFound } from "~server/errors.server";
import { readForm } from "~server/intake/read-form.server";
import type { Portal } from "~server/portal.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { decideEntry } from "./decide-entry.server";
import { loadList } from "./load-list.server";
import { receiveList, type ReceivedList } from "./receive-list.server";

export type WatchOutcome =
  | { readonly kind: "done"; readonly done: "loaded" | "already" | "decided" }
  | {
      readonly kind: "failed";
      /** `list`, or the entry's id. */
      readonly of: string;
      readonly status: number;
      readonly values: FormValues;
      readonly errors: Readonly<Record<string, string>>;
      readonly refusal: string | null;
    };

/** Carries out one form of the watch list: a file is a list to load, anything else a decision about an entry. */
export async function actOnWatch(portal: Portal, request: Request, actor: StaffActor): Promise<WatchOutcome> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  if (/^multipart\/form-data\b/i.test(request.headers.get("Content-Type") ?? "")) {
    const received = await catchRefusal(receiveList(request, (list) => load(portal, list, actor)));
    if (received.ok) return received.value;
    const { status, publicMessage } = received.refusal;
    return { kind: "failed", of: "list", status, values: {}, errors: {}, refusal: publicMessage };
  }
  const parsed = parseForm(decideEntrySchema, await readForm(request));
  if (!parsed.ok) {
    const of = parsed.values.entryId;
    return { kind: "failed", of: typeof of === "string" ? of : "", status: 400, refusal: null, ...parsed };
  }
  const { value } = parsed;
  const decided = await catchRefusal(decideEntry(portal.db, { ...value, at: portal.clock.now() }, actor));
  if (decided.ok) return { kind: "done", done: "decided" };
  return {
    kind: "failed",
    of: value.entryId,
    status: decided.refusal.status,
    values: {
      status: value.status,
      reason: value.reason ?? "",
      leadNumber: value.leadNumber === null ? "" : String(value.leadNumber),
    },
    errors: {},
    refusal: decided.refusal.publicMessage,
  };
}

async function load(
  portal: Portal,
  { file, fields }: ReceivedList,
  actor: StaffActor,
): Promise<WatchOutcome> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const parsed = parseForm(loadListSchema(chinaDay(portal.clock.now())), form);
  if (!parsed.ok || file === null) {
    const errors = { ...(file === null ? { file: "chooseList" } : {}), ...(parsed.ok ? {} : parsed.errors) };
    return { kind: "failed", of: "list", status: 400, values: fields, errors, refusal: null };
  }
  const loaded = await catchRefusal(loadList(portal, { file, ...parsed.value }, actor));
  if (loaded.ok) return { kind: "done", done: loaded.value.already ? "already" : "loaded" };
  const { status, publicMessage } = loaded.refusal;
  return { kind: "failed", of: "list", status, values: fields, errors: {}, refusal: publicMessage };
}
