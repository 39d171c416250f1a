import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { type WorkspaceApi, workspaceApi } from "../api/endpoints";
import type { Me, Workspace } from "../api/types";

const route = getRouteApi("/w/$workspace");

/** The workspace of the address, and the calls that belong to it. */
export function useWorkspace(): { me: Me; workspace: Workspace; api: WorkspaceApi } {
  const { me, workspace } = route.useRouteContext();
  const api = useMemo(() => workspaceApi(workspace.id), [workspace.id]);
  return { me, workspace, api };
}
