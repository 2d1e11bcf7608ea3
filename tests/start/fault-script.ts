// Fails outside of any request in the way its first argument says; every message holds the second.
import { guardProcess } from "~server/start/guard-process";

const [how, value = ""] = process.argv.slice(2);
let ending = false;

guardProcess(() => {
  if (ending) return;
  ending = true;
  process.stdout.write("ending\n");
  // As a request under way would be let finish.
  setTimeout(() => process.exit(1), 100);
});

const message = `${value}\n    at ${value} (/${value}:1:1)\n    at /etc/hosts:${value}:2\n\tat file:///${value}.ts:3:4`;

/** A fault whose stack, code, name and cause all carry the value. */
function fault(): Error {
  const error = new Error(message, { cause: new Error(value) });
  return Object.assign(error, { code: value, detail: value, name: value });
}

class DrizzleQueryError extends Error {
  query = value;
}

if (how === "throw")
  setTimeout(() => {
    throw fault();
  });
if (how === "renamed") {
  // The stack keeps the message it was made with.
  const error = new Error(message);
  error.message = "another";
  setTimeout(() => {
    throw error;
  });
}
if (how === "text")
  setTimeout(() => {
    throw value;
  });
if (how === "reject") void Promise.reject(fault());
if (how === "query")
  void Promise.reject(
    Object.assign(new DrizzleQueryError(message), { cause: { code: "23505", detail: value } }),
  );
// What is rejected with is no error.
// oxlint-disable-next-line typescript/prefer-promise-reject-errors
if (how === "object") void Promise.reject({ message: value, toString: () => value });
if (how === "reject" || how === "query" || how === "object")
  setTimeout(() => process.stdout.write("going on\n"), 100);
