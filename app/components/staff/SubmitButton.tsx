import { useNavigation } from "@remix-run/react";
import type { ReactNode } from "react";
import styles from "./controls.module.css";

/** A submit button that a second, hurried click cannot press while the first is under way. */
export function SubmitButton({
  kind = "primary",
  name,
  value,
  label,
  children,
}: {
  kind?: "primary" | "plain" | "danger" | "quiet";
  name?: string;
  value?: string;
  /** What it does in full, for those who hear the page, where the face of the button is short. */
  label?: string;
  children: ReactNode;
}) {
  const busy = useNavigation().state === "submitting";
  return (
    <button
      type="submit"
      className={styles.button}
      data-kind={kind}
      name={name}
      value={value}
      aria-label={label}
      disabled={busy}
    >
      {children}
    </button>
  );
}
