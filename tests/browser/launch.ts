import { chromium, type Browser } from "playwright-core";
import { chooseLibraries } from "./choose-libraries";
import { unpackChromium } from "./unpack-chromium";
import { watchContext, type WatchedContext } from "./watch-context";

export interface LaunchOptions {
  /** The packaged Chromium is a headless shell: there is no window to ask for. */
  headed?: false;
  /** Take the package's shared libraries even where the host has its own. */
  forceBundledLibraries?: boolean;
}

export type Width = 390 | 1280;
export type Locale = "zh-CN" | "en";

export interface CitizenOptions {
  /** The portal's origin; a request to any other is a finding. */
  origin: string;
  script: boolean;
  /** CSS pixels: a phone or a desktop. */
  width: Width;
  locale: Locale;
}

export interface StaffOptions {
  origin: string;
  script?: boolean;
  width?: Width;
  locale?: Locale;
}

const browserArguments = [
  // Nothing but this machine can be reached, by name or by address, even by a page that tries.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
  // A proxy set in the environment would otherwise resolve names on the page's behalf.
  "--no-proxy-server",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-domain-reliability",
  "--disable-sync",
  "--no-pings",
  // Containers give /dev/shm 64 MB, which a full-page screenshot exceeds.
  "--disable-dev-shm-usage",
  // Glyph positions in screenshots do not depend on the host's hinting settings.
  "--font-render-hinting=none",
];

/**
 * Starts the packaged Chromium without a window. The caller closes it. Environment changes go to the browser
 * process alone. As root the sandbox is off, because Chromium refuses to start with it; otherwise it is on.
 */
export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const unpacked = await unpackChromium();
  const libraryPath = await chooseLibraries(unpacked, options.forceBundledLibraries);
  return chromium.launch({
    executablePath: unpacked.executable,
    headless: true,
    chromiumSandbox: process.getuid?.() !== 0,
    args: browserArguments,
    env: {
      ...process.env,
      // In the C locale Chromium cannot open a file whose name is Chinese, and sends the form without it.
      LC_ALL: "C.UTF-8",
      FONTCONFIG_FILE: unpacked.fontConfig,
      ...(libraryPath === undefined ? {} : { LD_LIBRARY_PATH: libraryPath }),
    },
  });
}

async function newWatchedContext(browser: Browser, options: CitizenOptions): Promise<WatchedContext> {
  const phone = options.width === 390;
  const context = await browser.newContext({
    baseURL: options.origin,
    javaScriptEnabled: options.script,
    locale: options.locale,
    timezoneId: "Asia/Shanghai",
    viewport: { width: options.width, height: phone ? 844 : 900 },
    isMobile: phone,
    hasTouch: phone,
    reducedMotion: "reduce",
  });
  return watchContext(context, options.origin);
}

/** A member of the public: own cookies, no session, with or without scripts. */
export function newCitizenContext(browser: Browser, options: CitizenOptions): Promise<WatchedContext> {
  return newWatchedContext(browser, options);
}

/** A member of staff, by default at a desktop in Chinese with scripts on. Cookies are shared with nobody. */
export function newStaffContext(browser: Browser, options: StaffOptions): Promise<WatchedContext> {
  return newWatchedContext(browser, { script: true, width: 1280, locale: "zh-CN", ...options });
}
