import { penaltyScheduleSchema, type PenaltySchedule } from "./penalty-grammar";
import cn737 from "./schedules/cn-737.json";

const shipped = new Map<string, unknown>([["cn-737", cn737]]);

/** A shipped schedule of fines by its id, checked; null for one nobody ships. */
export function loadSchedule(id: string): PenaltySchedule | null {
  const data = shipped.get(id);
  return data === undefined ? null : penaltyScheduleSchema.parse(data);
}
