// Loader and action data keep their types (dates, bigints) now that pages fetch them in one request.
import "@remix-run/server-runtime";

declare module "@remix-run/server-runtime" {
  interface Future {
    v3_singleFetch: true;
  }
}
