import { useRevalidator } from "@remix-run/react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { staffRoleKeys } from "~/i18n/zh-CN/staff-role-keys";
import { passkeyFault } from "~/staff-client/ask-webauthn";

/** What was just done on the page, to be said at its top. */
export type KeyNews = keyof (typeof staffRoleKeys)["done"];

/** A sentence of its own instead of what came of the work. */
export class KeyFault extends Error {
  readonly fault: keyof (typeof staffRoleKeys)["faults"];

  constructor(fault: keyof (typeof staffRoleKeys)["faults"]) {
    super("key work refused");
    this.fault = fault;
  }
}

/** One piece of work with role keys at a time: busy while it runs, its refusal in words, the page anew after it. */
export function useKeyWork(onDone: (news: KeyNews) => void) {
  const { t } = useTranslation("staff");
  const { revalidate } = useRevalidator();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const run = async (work: () => Promise<KeyNews>) => {
    if (busy) return;
    setBusy(true);
    setRefusal(null);
    try {
      onDone(await work());
    } catch (error) {
      if (error instanceof KeyFault) setRefusal(t(`roleKeys.faults.${error.fault}`));
      else {
        const fault = passkeyFault(error);
        setRefusal("said" in fault ? fault.said : t(`access.${fault.key}`));
      }
    }
    setBusy(false);
    revalidate();
  };
  return { busy, refusal, setRefusal, run };
}
