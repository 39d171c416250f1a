import { files, photos, things } from "./counts";
import { delivery } from "./en.delivery";
import { keeping } from "./en.keeping";
import { library } from "./en.library";
import { people } from "./en.people";
import { storages } from "./en.storages";
import { bytes, number } from "./format";

/** Every text of the interface in English. Another language is another object of the same shape. */
export const en = {
  language: "en",

  app: {
    name: "Stowage",
    tagline: "Your photographs in one place. The originals stay where you keep them.",
    skip: "Skip to content",
    title: (page: string) => `${page} · Stowage`,
  },

  common: {
    cancel: "Cancel",
    close: "Close",
    back: "Back",
    continue: "Continue",
    save: "Save",
    retry: "Try again",
    copy: "Copy",
    copied: "Copied",
    loadMore: "Show more",
    none: "None",
    optional: "optional",
    never: "never",
    unknown: "Unknown",
    photos,
    files,
  },

  errors: {
    title: "That did not work",
    network: "Stowage could not be reached. Check that the server is running, then try again.",
    unexpected: "Something unexpected happened. Try again; if it stays, look at the server's log.",
    pageTitle: "This page could not be shown",
    notFoundTitle: "There is nothing here",
    notFoundText: "The address may be mistyped, or what it led to was removed.",
    toLibrary: "Go to the library",
  },

  nav: {
    label: "Main",
    library: "Library",
    storages: "Storages",
    activity: "Activity",
    bin: "Bin",
    audit: "Audit",
    missing: "Missing",
    missingPhotos: (n: number) => things(n, "original is missing", "originals are missing"),
    members: "Members",
    settings: "Settings of the library",
    myAccount: "My account",
    account: "Account and appearance",
    workspaces: "Workspaces",
    appearance: "Appearance",
    light: "Light",
    dark: "Dark",
    auto: "As the system",
    signOut: "Sign out",
    signedInAs: (email: string) => `Signed in as ${email}`,
    failedJobs: (n: number) => things(n, "failed job", "failed jobs"),
    troubledStorages: (n: number) => things(n, "storage needs attention", "storages need attention"),
  },

  delivery,

  jobs: {
    page: "Activity",
    title: "Activity",
    text: "What Stowage is doing, and what it could not do.",
    tabs: { dead: "Failed", running: "Running", queued: "Waiting" },
    empty: {
      dead: "Nothing has failed",
      running: "Nothing is running",
      queued: "Nothing is waiting",
    },
    emptyText: {
      dead: "Work that was given up after several attempts appears here, with its reason and a way to try again.",
      running: "Reading, rendering and checking show up here while they happen.",
      queued: "Everything that was asked for is done or under way.",
    },
    attempts: (n: number) => things(n, "attempt", "attempts"),
    retried: "Queued again.",
    retryAll: (n: number) => `Try all ${number(n)} again`,
    retry: "Try again",
    state: { queued: "Waiting", running: "Running", dead: "Failed", done: "Done" },
    due: (when: string) => `due ${when}`,
    kind: {
      "scan-storage": "Scan a storage",
      "transfer-original": "Bring an original to its storage",
      "import-object": "Read a file",
      "import-upload": "Read an upload",
      "reread-asset": "Read what a file says again",
      "render-asset": "Make pictures",
      "plan-purge": "Plan what leaves the bin",
      "purge-asset": "Delete a photo for good",
      "delete-original": "Delete an original in its storage",
      "reap-orphans": "Clear away what is no longer used",
      "back-up-originals": "Copy originals to the backup",
    } as Record<string, string>,
  },

  units: { bytes },

  ...people,
  ...library,
  ...storages,
  ...keeping,
};

export type Messages = typeof en;
