import { ACCESS, admits, scopeOf, type RouteAccess, type Scope, type StaffRouteId } from "./access-table";
import { ROLES, type Role } from "./roles";

/** What one role may do on one page. */
export type MatrixCell = {
  readonly role: Role;
  readonly read: boolean;
  readonly write: boolean;
  readonly scope: Scope;
};

export type MatrixRow = {
  readonly routeId: StaffRouteId;
  /** As in the address bar, e.g. `/staff/leads/:leadId`. */
  readonly address: string;
  /** `anyone` without signing in, `signed-in` whatever their roles, `roles` only those with a cell. */
  readonly opensTo: "anyone" | "signed-in" | "roles";
  readonly demoMayWrite: boolean;
  /** In the order of `ROLES`; roles that may neither look nor act have none. */
  readonly cells: readonly MatrixCell[];
};

/** The access table as rows to print, in its own order. Pure. */
export function accessMatrix(): MatrixRow[] {
  return (Object.keys(ACCESS) as StaffRouteId[]).map((routeId) => {
    const access: RouteAccess = ACCESS[routeId];
    const { read, write } = access;
    return {
      routeId,
      address: addressOf(routeId),
      opensTo:
        read === "anyone" || write === "anyone"
          ? "anyone"
          : read === "signed-in" || write === "signed-in"
            ? "signed-in"
            : "roles",
      demoMayWrite: access.demoMayWrite === true,
      cells: ROLES.map((role) => ({
        role,
        read: admits(read, role),
        write: admits(write, role),
        scope: scopeOf(routeId, [role]),
      })).filter((cell) => cell.read || cell.write),
    };
  });
}

/** Remix's flat file names, read back: `routes/staff.leads.$leadId_.findings` is `/staff/leads/:leadId/findings`. */
export function addressOf(routeId: string): string {
  const segments = routeId.replace("routes/", "").split(".");
  const named = segments
    .filter((segment) => segment !== "_index")
    .map((segment) => (segment === "$" ? "*" : segment.replace(/_$/, "").replace(/^\$/, ":")));
  return `/${named.join("/")}`;
}
