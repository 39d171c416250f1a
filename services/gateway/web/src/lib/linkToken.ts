/** The token behind the # of a link, where no server sees it. */
export function linkToken(hash: string = window.location.hash): string | null {
  return new URLSearchParams(hash.replace(/^#/, "")).get("token");
}

const KEPT = "stowage.invitation";

/** Keeps an invitation while its owner signs in, in this tab only; an address would end up in logs. */
export const keepInvitation = (token: string) => sessionStorage.setItem(KEPT, token);

/** The token of the link, or else the one that was kept. */
export function invitationToken(): string | null {
  const kept = sessionStorage.getItem(KEPT);
  return linkToken() ?? kept;
}

export const forgetInvitation = () => sessionStorage.removeItem(KEPT);
