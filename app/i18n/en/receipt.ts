export const receipt = {
  done: {
    title: "Your report has been sent",
    lead: "This is your receipt. Take a screenshot or copy it on paper now.",
    once: "We keep no copy. Once you leave this page the receipt is not shown again and cannot be replaced.",
    next: "What happens next",
    accept: {
      working:
        "Triage officers decide which agency leads. It then has {{days}} working days to say whether it accepts the report; your receipt will show the date.",
      calendar:
        "Triage officers decide which agency leads. It then has {{days}} days to say whether it accepts the report; your receipt will show the date.",
    },
    official: {
      working:
        "The leading office handles this report itself and passes it to no other agency. Once it takes the report on, it has {{days}} working days to say whether it accepts it; your receipt will show the date.",
      calendar:
        "The leading office handles this report itself and passes it to no other agency. Once it takes the report on, it has {{days}} days to say whether it accepts it; your receipt will show the date.",
    },
    follow: "Every step appears under “Follow a report”, which opens with your receipt.",
    reward:
      "After the case is verified and closed, the receipt shows how a reward is computed, and you decide whether to accept it.",
  },
  card: {
    title: "Receipt",
    hanzi: "12 Chinese characters",
    numbers: "12 numbers",
    words: "12 words",
    either: "All spellings are the same receipt. One of them is enough.",
    copy: "Copy",
    copied: "Copied",
    print: "Print",
    qr: "QR code of the receipt, holding the 12 numbers above",
    screenshot: "Take a screenshot",
  },
  retype: {
    title: "Confirm that you have it",
    label: "Type the last group of your receipt",
    hint: "The last 4 words, the last 4 numbers, or the last 4 Chinese characters",
    submit: "Confirm and leave",
    bypass: "I have written it down",
    wrong: "This is not the last group of your receipt. Compare it with the receipt above and try again",
    lastLook:
      "One last look before you leave. After the button below, this device no longer holds the receipt.",
    leave: "I have the receipt, leave",
  },
  sent: {
    title: "The receipt has been cleared from this device",
    body: "Keep your receipt safe. Enter it under “Follow a report” to see how the case is going.",
    status: "Follow a report",
    home: "Go to the home page",
  },
} as const;
