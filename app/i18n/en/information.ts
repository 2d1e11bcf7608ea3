export const information = {
  rewards: {
    title: "Rewards",
    lead: "When a report proves true and the case is closed, a reward follows these rules, whether you gave your name or not.",
    local: "Local rule",
    basis: "Source: {{document}} {{clause}}",
    scheme: "How the amount is worked out",
    editable:
      "This is an editable default. Its figures are borrowed from the documents cited; the jurisdiction confirms and publishes the standard that counts.",
    gates: "When it is given",
    base: "Worked out from: {{name}}",
    caps: "Limits and rounding",
    grades: "Grades",
    gradesLead: "They depend on how much your report helped the case.",
    who: "Who cannot receive one",
    split: "Several people report the same matter",
    how: "How to receive it",
    howPoints: {
      see: "After approval, enter your receipt under “Follow a report” to see the amount and the rule behind each step.",
      accept: "Payment starts only after you choose “Accept the reward”.",
      tax: "Rewards for reports are not subject to individual income tax ({{clause}}).",
    },
    none: "This jurisdiction has not published a reward scheme yet.",
  },
  hotlines: {
    title: "Telephone lines",
    lead: "If you would rather not use the internet, report by telephone.",
    fictitious: "These numbers are invented for the demonstration and cannot be dialled.",
    channels: "Other ways to report",
    urgent: "If a crime is happening now or somebody is in danger, call 110.",
    none: "This jurisdiction has not published telephone lines yet.",
  },
  privacy: {
    title: "Privacy",
    lead: "This page describes what is true today, including what is not possible yet.",
    today: {
      title: "What is not protected yet",
      body: "Your account and contact details are encrypted, but the key is on this server, so the server and whoever controls it can read them. Please do not submit a real tip now. This page will say so when only the investigators’ own keys can open a report.",
    },
    never: {
      title: "What we never record",
      ip: "Your IP address: it is in no web log and in no table.",
      agent: "Your browser or the model of your phone.",
      third: "No analytics, fonts or puzzles from anybody else.",
      time: "Your report carries a date and no time of day.",
      wal: "The database’s own recovery log briefly holds the time of writing, until it is overwritten.",
    },
    stored: {
      title: "What we store",
      plain:
        "Unencrypted and searchable: the reported party’s name, websites, code, phone numbers, places, sector, practices, amounts and head counts.",
      sealed:
        "Encrypted: what you wrote, the promised return and, if you gave them, your name, phone number and e-mail address.",
      draft:
        "Drafts: encrypted with your receipt and deleted after 30 days without a change. Without the receipt we cannot open them either.",
      files: "Attachments are not taken at present.",
    },
    receipt: {
      title: "The receipt",
      body: "The receipt is a random 128-bit number. We keep only a lookup number derived from it, which cannot be turned back. While you write, the receipt sits in an encrypted cookie in your browser, and is cleared once you confirm that you have it. When you follow a report, the receipt you type passes through the server at that moment and is then forgotten.",
    },
    cookies: {
      title: "Cookies",
      draft: "The receipt while you write (encrypted, gone when the browser closes)",
      lang: "Your language (one year)",
      elder: "Large text (one year)",
      none: "There are no other cookies and no tracking.",
    },
    exit: {
      title: "Leave quickly",
      body: "“Leave quickly” clears this site’s cookies and cache and goes to a weather site. It cannot clear your browser history: do that yourself if you need to, or use a private window.",
    },
    tor: {
      title: "Works without scripts",
      body: "Every page works with JavaScript turned off, including Tor Browser at its safest level.",
    },
  },
} as const;
