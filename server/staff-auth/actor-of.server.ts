import type { AppLoadContext } from "@remix-run/node";
import { notFound } from "~server/errors.server";
import type { StaffActor } from "./actor";

/** The person the guard admitted to this loader or action. 404 where nobody is signed in. */
export function actorOf(context: AppLoadContext): StaffActor {
  const actor = context.actor;
  if (actor === null || actor === undefined) throw notFound();
  return actor;
}
