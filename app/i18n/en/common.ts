export const common = {
  site: {
    name: "Report illegal fundraising and online finance",
    short: "Report illegal finance",
    demo: "Demonstration: all data is invented and the keys are published, so anyone can read it. Please do not submit a real tip.",
    skip: "Skip to main content",
    quickExit: "Leave quickly",
    quickExitHint: "Press Esc three times",
    elder: "Large text",
    elderOff: "Standard text",
    otherLanguage: "中文",
    languageLabel: "Change language",
  },
  nav: {
    label: "Footer",
    privacy: "Privacy",
    hotlines: "Telephone lines",
    rewards: "Rewards",
    verify: "Public check",
    home: "Home",
  },
  notOpen: {
    title: "This portal is not open yet",
    body: "The office has not set up its keys. Without them nothing you write could be stored encrypted, so no reports are taken for now.",
    short: "The office has not set up its keys yet, so no online reports are taken.",
    kept: "The draft you began earlier is still there. Once the portal opens, your receipt brings it back.",
    meanwhile: "What you can do now",
    call: "If it cannot wait, report by telephone. If a crime is happening now or somebody is in danger, call 110.",
    hotlines: "All telephone lines",
  },
  error: {
    title: "We cannot do this right now",
    notFoundTitle: "We could not find this page",
    body: "What was saved or sent before is not affected. Please reload this page in a moment.",
    postedBody:
      "What you have just sent may not have been saved; what was saved or sent before is not affected. Please reload this page in a moment and confirm when your browser asks whether to send it again, or go back with the back button and send it again. The same report or message sent twice counts once.",
    unreadTitle: "We could not read what you have just sent",
    unreadBody:
      "What you have just sent did not arrive and was not saved; what was saved or sent before is not affected. Please go back with your browser's back button and send it again. If the page no longer holds it, it has to be entered again.",
    refusedBody:
      "This request was not carried out and nothing was changed. Please go back with your browser's back button, or start from the home page.",
    notFoundPosted:
      "This address takes nothing, and what you have just sent was not saved. Please go back with your browser's back button, copy what you wrote, and start from the home page.",
    tooLongTitle: "This is too long and was not saved",
    tooLongBody: "Please go back with your browser's back button, shorten what you wrote and send it again.",
    notFoundBody: "The address may be mistyped, or the page has moved. Please start from the home page.",
    home: "Go to the home page",
    prefix: "Error: ",
    summary: "{{count}} things need your attention",
    summary_one: "One thing needs your attention",
  },
} as const;
