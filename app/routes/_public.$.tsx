import { data } from "@remix-run/node";

/** Every address nobody else answers: one 404 for reading and for posting. */
export function loader(): never {
  throw data(null, { status: 404 });
}

export function action(): never {
  throw data(null, { status: 404 });
}

export default function NotFound() {
  return null;
}
