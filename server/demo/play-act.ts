import type { Clock } from "~server/clock";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import type { Cast } from "./seed-people.server";

/** What an act of the demonstration needs: the portal on the day the act plays, and who is there. */
export type Scene = {
  readonly portal: Portal;
  readonly clock: Clock;
  readonly cast: Cast;
  readonly by: (id: string) => StaffActor;
};

/** One act of the story, so many whole days before today. */
export type Act = { readonly daysAgo: number; readonly play: (scene: Scene) => Promise<void> };
