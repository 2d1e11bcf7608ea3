import { z } from "zod";
import { cleanNote } from "./clean-text";

/** One word of a page's address that a query searches for; "" when it is missing or longer than `max`. */
export const queryText = (max: number) => z.preprocess(cleanNote, z.string().max(max)).catch("");
