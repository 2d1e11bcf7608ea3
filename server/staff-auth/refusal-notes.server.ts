import { AsyncLocalStorage } from "node:async_hooks";
import type { DomainError } from "~server/errors.server";

/** A refusal as it was given: its code, never its values. */
export type RefusalNote = { readonly code: string; readonly status: number };

/**
 * One store for the whole process, by a registered symbol: the page bundle has its own copy of this module, and what
 * a page notes must reach the guard that wraps it.
 */
const SLOT = Symbol.for("portal.staff-auth.refusal-notes");
const shared = globalThis as { [SLOT]?: AsyncLocalStorage<RefusalNote[]> };

function store(): AsyncLocalStorage<RefusalNote[]> {
  return (shared[SLOT] ??= new AsyncLocalStorage<RefusalNote[]>());
}

/** Runs one loader or action; refusals noted meanwhile are added to `notes`, also when it throws. */
export async function collectRefusals<T>(notes: RefusalNote[], work: () => Promise<T>): Promise<Awaited<T>> {
  return await store().run(notes, work);
}

/** Notes a refusal for whoever collects them; outside a guarded route nobody does. */
export function noteRefusal({ code, status }: DomainError): void {
  store().getStore()?.push({ code, status });
}
