/** Where a person registers a passkey. The token stands behind `#`, which browsers never send: no log can hold it. The token opens nothing but that, once, until it expires. */
export function enrolmentUrl(publicOrigin: string, token: string): string {
  return `${publicOrigin}/staff/enrol#${token}`;
}
