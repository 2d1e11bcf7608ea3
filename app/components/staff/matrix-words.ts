import { staffZh } from "~/i18n/zh-CN/staff";
import type { MatrixCell, MatrixRow } from "~server/staff-auth/access-matrix";

const { matrix } = staffZh;

/** A page's name in the catalogue, or its address while it has none. */
export function pageName({ routeId, address }: Pick<MatrixRow, "routeId" | "address">): string {
  const short = routeId.replace(/^routes\/staff\.?/, "").replaceAll("$", "");
  const key =
    routeId === "routes/staff" ? "staff" : short.replaceAll("_", "").replaceAll(".", "_") || "missing";
  const names: Record<string, string> = matrix.pages;
  return names[key] ?? address;
}

/** What a role may do there, e.g. 查看、办理. */
export function actsOf({ read, write }: Pick<MatrixCell, "read" | "write">): string {
  return read && write ? matrix.readWrite : matrix[write ? "write" : "read"];
}
