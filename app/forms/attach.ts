import { z } from "zod";
import { typedNumber } from "./form-fields";

/** 归并: one tip of this lead goes to the lead with that number. */
export const attachSchema = z.object({
  tipId: z.uuid("chooseTip"),
  toLeadNumber: typedNumber("leadNumber"),
});
