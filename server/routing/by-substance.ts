/** What triage may answer instead of a primary sector: let the substance of the business decide (穿透). */
export const BY_SUBSTANCE = "by_substance";
