import { createRootRoute, createRoute, createRouter, redirect } from "@tanstack/react-router";
import { meQuery, setupQuery } from "./api/queries";
import { onSignedOut, queryClient } from "./api/queryClient";
import { parseAuditFilter } from "./audit/filter";
import { type BinTab, tabOf } from "./bin/tabs";
import { parseFilter } from "./gallery/filter";
import { AccountPage } from "./pages/AccountPage";
import { ActivityPage } from "./pages/ActivityPage";
import { AuditPage } from "./pages/AuditPage";
import { BinPage } from "./pages/BinPage";
import { ConnectPage } from "./pages/ConnectPage";
import { ErrorPage, NotFoundPage, RootErrorPage } from "./pages/ErrorPage";
import { InvitationPage } from "./pages/InvitationPage";
import { LibraryPage } from "./pages/LibraryPage";
import { MembersPage } from "./pages/MembersPage";
import { MissingPage } from "./pages/MissingPage";
import { NewPasswordPage } from "./pages/NewPasswordPage";
import { NoWorkspacePage } from "./pages/NoWorkspacePage";
import { SettingsPage } from "./pages/SettingsPage";
import { SetupPage } from "./pages/SetupPage";
import { SignInPage } from "./pages/SignInPage";
import { StoragesPage } from "./pages/StoragesPage";
import { WorkspaceShell } from "./shell/WorkspaceShell";
import { ViewerRoute } from "./viewer/ViewerRoute";

const rootRoute = createRootRoute({ errorComponent: RootErrorPage, notFoundComponent: NotFoundPage });

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

/** Sends people who are not signed in to where they can be. */
async function requireMe(from: string) {
  const me = await queryClient.ensureQueryData(meQuery);
  if (me) return me;
  const setup = await queryClient.fetchQuery(setupQuery);
  if (setup.needed) throw redirect({ to: "/setup", search: {} });
  throw redirect({ to: "/sign-in", search: from === "/" ? {} : { to: from } });
}

const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: async () => {
    const me = await requireMe("/");
    const workspace = me.workspaces[0];
    if (workspace) throw redirect({ to: "/w/$workspace", params: { workspace: workspace.short_id } });
  },
  component: NoWorkspacePage,
});

export const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/setup",
  validateSearch: (search): { token?: string | undefined } => ({
    token: typeof search.token === "number" ? String(search.token) : text(search.token),
  }),
  component: SetupPage,
});

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: (search): { to?: string | undefined } => ({ to: text(search.to) }),
  component: SignInPage,
});

export const workspaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/w/$workspace",
  beforeLoad: async ({ params, location }) => {
    const me = await requireMe(location.href);
    const workspace = me.workspaces.find((w) => w.short_id === params.workspace || w.id === params.workspace);
    if (!workspace) throw redirect({ to: "/" });
    return { me, workspace };
  },
  component: WorkspaceShell,
});

// The viewer lies over the gallery: the gallery stays mounted, with its place and its focus.
export const libraryRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  id: "library",
  validateSearch: parseFilter,
  component: LibraryPage,
});

const galleryRoute = createRoute({ getParentRoute: () => libraryRoute, path: "/" });

export const viewerRoute = createRoute({
  getParentRoute: () => libraryRoute,
  path: "/a/$asset",
  component: ViewerRoute,
});

const storagesRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/storages",
  component: StoragesPage,
});

const connectRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/storages/connect",
  component: ConnectPage,
});

const activityRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/activity",
  component: ActivityPage,
});

const settingsRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/settings",
  component: SettingsPage,
});

const binRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/bin",
  validateSearch: (search): { tab?: BinTab | undefined } => ({ tab: tabOf(search.tab) }),
  component: BinPage,
});

const auditRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/audit",
  validateSearch: parseAuditFilter,
  component: AuditPage,
});

export const missingRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/missing",
  validateSearch: (search): { storage_id?: string | undefined } => ({ storage_id: text(search.storage_id) }),
  component: MissingPage,
});

const membersRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/members",
  component: MembersPage,
});

const accountRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/account",
  component: AccountPage,
});

// Their tokens stand behind the # of the address, which no server sees.
const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/invitation",
  component: InvitationPage,
});

const newPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/new-password",
  component: NewPasswordPage,
});

const routeTree = rootRoute.addChildren([
  indexRoute,
  setupRoute,
  signInRoute,
  invitationRoute,
  newPasswordRoute,
  workspaceRoute.addChildren([
    libraryRoute.addChildren([galleryRoute, viewerRoute]),
    storagesRoute,
    connectRoute,
    activityRoute,
    binRoute,
    auditRoute,
    missingRoute,
    membersRoute,
    settingsRoute,
    accountRoute,
  ]),
]);

export const router = createRouter({ routeTree, defaultPreload: false, defaultErrorComponent: ErrorPage });

// The session ended elsewhere or ran out: the routes look again, and lead to signing in.
onSignedOut(() => void router.invalidate());

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
