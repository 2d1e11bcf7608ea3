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
    lead: "Who can see what, and what cannot be promised.",
    demo: "This is a demonstration: the passphrase that unlocks its keys is published, so nothing entered here is secret. Please do not submit a real tip.",
    who: {
      title: "Who can see what",
      plain:
        "The reported party’s name, websites, code, phone numbers, places, sector, practices, when it began, whether it goes on, amounts and head counts; the day the report came, by which channel and in which language, whether it is named, whether a reward is wanted and whether an agency or official is involved: not encrypted, and searchable by the staff in charge.",
      official:
        "If you say that an agency or official is involved: the leading office alone handles your report. Auditors, who check the office, can see the unencrypted parts (what kind, the name, place, amount and so on), never your own account. If you ask for a reward, the finance staff who settle it can see the unencrypted parts too, once the report is confirmed. Other agencies see neither it nor that it came.",
      content:
        "What you wrote, what you have to do with the matter, your own loss, how you know, where else you reported, when it stopped, the promised return and the exact time of arrival: encrypted. Only triage officers and the officers of the leading agency can open it, on their own computers. The server cannot.",
      messages:
        "Later messages and the files sent with them: encrypted. Your receipt opens the messages; triage officers and the officers of the leading agency open both. Not encrypted are the day, who wrote to whom, whether it is a question or brings evidence, whether it was seen, and how many files it has.",
      identity:
        "The name, identity document, phone number and e-mail address of a named report: encrypted, with the key in two halves. Two custodians must both agree, for a stated reason, to open it once, and each time is put on record.",
      contact:
        "The e-mail address for notices, if you leave one: encrypted to the notice desk. A member’s browser opens it to send, and the server sees it only while the message leaves.",
      draft:
        "Drafts: encrypted with your receipt and deleted after 30 days without a change, or after 2 days where nothing was answered yet, with the files in it. Without the receipt we cannot open them either.",
      inside: "Who looked at which report is kept in a trail that cannot be changed.",
      files:
        "Evidence files: encrypted piece by piece as they reach the server, never plain on its disk; names, types and sizes too, so that only a rough number of megabytes can be seen. Investigators open them on their own computers. Of a photo there is also a copy without place and time for looking at, and the original is kept encrypted as evidence; what other files say of themselves cannot be removed.",
    },
    never: {
      title: "What we never record",
      ip: "Your IP address: it is in no log and in no table. To keep programs out, the day’s counts are held in memory, scrambled with a random key, and are gone by the next day or restart. We cannot tell from them who it was ourselves.",
      counted:
        "The counts are used for five things. First, the sum before sending is harder or easier. Second, once 600 reports came from one address in a day, further ones are taken but marked as suspected and set apart for triage officers to look at; the mark stays on the report, the address does not. Third, many forms sent at once from one address wait in line, and many files at once must be tried again in a few minutes. Fourth, where one address uploads too much in a day (5 GB, or 1 GB when the server is nearly full), further files are not accepted that day: the report can be sent, and files added later with the receipt. Fifth, after many wrong receipts a sum comes before the next is looked up. No report is turned away because of them.",
      agent: "Your browser or the model of your phone.",
      third: "No analytics, fonts or puzzles from anybody else.",
      time: "The hour and minute: in the database your report has a date, and a number for its place in order.",
      wal: "One exception: the database’s own recovery log carries the moment of writing until it is overwritten.",
    },
    receipt: {
      title: "The receipt",
      body: "The receipt is a random 128-bit number, made when you begin. We keep only a lookup number derived from it, which cannot be turned back. While you write, the receipt sits in an encrypted cookie in your browser, and is cleared once you confirm that you have it.",
      seen: "When you follow a report without scripts, the receipt you type passes through the server at that moment. It is then forgotten, and enters no address and no log. With scripts it is the same at present.",
      ends: "A receipt ends when you withdraw the report, or three years after the case was closed. A receipt that has ended, one that was withdrawn and one that never was get the same answer.",
    },
    stolen: {
      title: "If the server were stolen",
      all: "Whoever takes the database, its backups and the logs learns which platforms were reported, how often and on which days, with everything listed above as not encrypted, and the lookup numbers of receipts, which cannot be turned back into receipts.",
      not: "They do not learn who reported, or what was written.",
      live: "Somebody in control of the running server could see what is sent and which receipts are typed from then on, and could serve altered pages. If staff unlocked their keys on such a page, earlier reports could be opened too; unless somebody does, they stay closed.",
      wary: "If that worries you, use a device you rarely use, or Tor Browser, or report by telephone.",
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
      body: "Every page works with JavaScript turned off, including Tor Browser at its safest level. Before sending there is a small sum; with scripts your browser does the work by itself.",
    },
  },
} as const;
