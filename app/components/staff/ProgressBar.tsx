import styles from "./progress-bar.module.css";

/** How far a longer piece of work has come, in words and as a bar. */
export function ProgressBar({ done, of, label }: { done: number; of: number; label: string }) {
  return (
    <div className={styles.box}>
      <p role="status">{label}</p>
      <progress className={styles.bar} value={done} max={Math.max(1, of)} aria-label={label} />
    </div>
  );
}
