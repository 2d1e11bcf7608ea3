import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { openMessageBundle, openSealed } from "~/staff-client/keys/ask-desk";
import { loadKeyring, useKeyring } from "~/staff-client/keys/keyring";
import type { Opened } from "~server/secrecy/open-bundle";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import type { SealedBundle, SealedView } from "~server/secrecy/sealed-view";
import type { MessageBundle } from "~server/secrecy/staff-message";
import styles from "./sealed.module.css";

/**
 * A sealed value, opened in this browser away from the page's thread, or one sentence on why this person sees none.
 * `show` turns opened text, and the files a message lists, into its display. Nothing opened is ever sent anywhere. What to do about closed keys is
 * said once a page, by `KeysNotice`.
 */
export function Sealed({
  view,
  show,
  onOpen,
}: {
  view: SealedView | MessageBundle;
  show?: (text: string, files: readonly unknown[]) => ReactNode;
  /** Told once the value stands open. */
  onOpen?: () => void;
}) {
  const { t } = useTranslation("staff");
  const shown = useOpened(view);
  const isOpen = shown.state === "open";
  useEffect(() => {
    if (isOpen) onOpen?.();
  }, [isOpen, onOpen]);
  if (shown.state === "open") {
    return (
      <div className={styles.open}>
        {show === undefined
          ? shown.text
          : show(shown.text, ("files" in shown ? shown.files : undefined) ?? [])}
      </div>
    );
  }
  return (
    <p className={styles.closed} data-state={shown.state}>
      {t(`lead.sealed.${shown.state}`)}
    </p>
  );
}

type Shown =
  | Opened
  | { readonly state: "open"; readonly text: string; readonly files: readonly unknown[] | undefined }
  | {
      readonly state:
        "absent" | "destroyed" | "not_yours" | "opening" | "locked" | "no_keys" | "offline" | "stopped";
    };

async function openEither(view: SealedBundle | MessageBundle, keyring: OpenKeyring): Promise<Shown> {
  if (!("message" in view)) return openSealed(view, keyring);
  const opened = await openMessageBundle(view, keyring);
  return opened.state === "open"
    ? { state: "open", text: opened.content.text, files: opened.content.files }
    : opened;
}

function useOpened(view: SealedView | MessageBundle): Shown {
  const keys = useKeyring();
  const [opened, setOpened] = useState<{ of: SealedView | MessageBundle; result: Shown } | null>(null);
  const keyring = keys.state === "open" ? keys.keyring : null;
  useEffect(() => {
    if (view.state === "sealed") void loadKeyring();
  }, [view]);
  useEffect(() => {
    if (view.state !== "sealed" || keyring === null) return;
    let wanted = true;
    const keep = (result: Shown) => {
      if (wanted) setOpened({ of: view, result });
    };
    openEither(view, keyring).then(keep, () => keep({ state: "stopped" }));
    return () => {
      wanted = false;
    };
  }, [view, keyring]);
  if (view.state !== "sealed") return view;
  if (keyring !== null) return opened?.of === view ? opened.result : { state: "opening" };
  if (keys.state === "none") return { state: "no_keys" };
  if (keys.state === "offline" || keys.state === "locked") return { state: keys.state };
  return { state: "opening" };
}
