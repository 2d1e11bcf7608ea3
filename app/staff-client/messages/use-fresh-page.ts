import { useRevalidator } from "@remix-run/react";
import { useCallback, useEffect, useRef, useState } from "react";

/**
 * Has the page's data read anew, one reading after the other: a reading cut off by the next would be one too many, and
 * the browser would complain of it.
 */
export function useFreshPage(): () => void {
  const { revalidate, state } = useRevalidator();
  const [asked, setAsked] = useState(0);
  const answered = useRef(0);
  useEffect(() => {
    if (asked === answered.current || state !== "idle") return;
    answered.current = asked;
    revalidate();
  }, [asked, state, revalidate]);
  return useCallback(() => setAsked((now) => now + 1), []);
}
