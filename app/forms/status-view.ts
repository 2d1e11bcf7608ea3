/** What of a talk an opened /status page shows: a page of messages, or one message. */
export type View =
  | { readonly kind: "thread"; readonly before: string | null }
  | { readonly kind: "message"; readonly id: string; readonly part: number };

const ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const THREAD = new RegExp(`^messages(?::(${ID}))?$`);
const MESSAGE = new RegExp(`^message:(${ID}):([1-9]\\d{0,3})$`);

/** A view as the value of a button, which posts it together with the page's token. */
export function viewIntent(view: View): string {
  if (view.kind === "message") return `message:${view.id}:${String(view.part)}`;
  return view.before === null ? "messages" : `messages:${view.before}`;
}

/** null for whatever is no view. */
export function readView(intent: string): View | null {
  const thread = THREAD.exec(intent);
  if (thread !== null) return { kind: "thread", before: thread[1] ?? null };
  const [, id, part] = MESSAGE.exec(intent) ?? [];
  return id === undefined ? null : { kind: "message", id, part: Number(part) };
}
