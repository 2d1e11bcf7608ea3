export const verify = {
  title: "Public check",
  lead: "Every step anybody takes on this portal is recorded once and never changed. After each day we publish that day’s check code here. Anyone can keep a copy and compare it later.",
  what: {
    title: "What a check code is",
    made: "Each record is joined to the one before it and worked into a number of 64 hexadecimal digits (SHA-256). The number of a day’s last record is that day’s check code.",
    breaks:
      "If a single record is changed, removed or slipped in, every number from that record on no longer fits.",
    safe: "A check code cannot be turned back into the records, and holds nothing about anybody.",
  },
  list: {
    title: "Check codes of the last {{count}} days",
    title_one: "Check code of the last day",
    added: "{{added}} that day, {{total}} in all",
    total: "{{total}} in all",
    none: "There is no check code yet. The first will be published after ten past midnight, Beijing time, on {{day}}.",
  },
  ledger: {
    title: "Check codes of the reward accounts",
    lead: "Every entry of the reward accounts is joined into a chain of its own, published daily in the same way. If an entry is changed, if the last ones are cut off, or if an old backup is put in place, the accounts no longer fit what is published here.",
    none: "There is no check code of the accounts yet. They are published from the day after the first entry.",
  },
  how: {
    title: "How to check",
    keep: "Save this page, write it down or take a screenshot.",
    file: "The check codes of all days (verify.txt, easy to keep and to compare by program)",
    compare:
      "Come back some day: for the same day, the check code and the number of records must be exactly the same.",
    differs:
      "If they are not, or if a day is missing, earlier records were tampered with. Keep your copy and take it to a supervisory body.",
    many: "The more people keep a copy, the less anyone can change unnoticed.",
  },
  limits: {
    title: "What it proves",
    can: "It proves that nothing recorded before a check code was published has been changed or removed since.",
    cannot:
      "It does not prove that what was recorded is true, or that nothing was tampered with before publication.",
  },
} as const;
