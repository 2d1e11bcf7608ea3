import { notFound } from "~server/errors.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

/** Every address of the staff side that is no page: the same 404, inside the workbench's frame. */
export function loader() {
  throw refusalResponse(notFound());
}

export default function Missing() {
  return null;
}
