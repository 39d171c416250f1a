import {
  IconActivity,
  IconHistory,
  IconPhoto,
  IconPhotoExclamation,
  IconServer2,
  IconTrash,
  IconUsers,
  type TablerIcon,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { statsQuery, storagesQuery } from "../api/queries";
import type { Storage } from "../api/types";
import { m } from "../messages";
import { mayManage } from "../people/roles";
import { AccountMenu } from "./AccountMenu";
import { BrandMark } from "./Brand";
import classes from "./shell.module.css";
import { useWorkspace } from "./useWorkspace";

/** Storages whose state asks for a person. */
function useTroubled(): number {
  const { workspace, api } = useWorkspace();
  const storages = useQuery(storagesQuery(workspace.id, api));
  const needsAttention = (s: Storage) =>
    s.on && (s.status === "failed" || s.status === "disconnected" || s.hold !== null);
  return (storages.data ?? []).filter(needsAttention).length;
}

/** Photos whose original is gone. */
function useMissing(): number {
  const { workspace, api } = useWorkspace();
  return useQuery(statsQuery(workspace.id, api)).data?.missing ?? 0;
}

export function Rail() {
  const { workspace } = useWorkspace();
  const params = { workspace: workspace.short_id };
  const troubled = useTroubled();
  const missing = useMissing();
  return (
    <nav className={classes.rail} aria-label={m.nav.label}>
      <Link to="/w/$workspace" params={params} className={classes.brand} aria-label={m.app.name}>
        <BrandMark />
      </Link>
      <Link
        to="/w/$workspace"
        params={params}
        className={classes.item}
        activeOptions={{ exact: true, includeSearch: false }}
      >
        <Face icon={IconPhoto} label={m.nav.library} />
      </Link>
      <Link to="/w/$workspace/storages" params={params} className={classes.item}>
        <Face
          icon={IconServer2}
          label={m.nav.storages}
          badge={troubled > 0 ? m.nav.troubledStorages(troubled) : undefined}
        />
      </Link>
      {missing > 0 && (
        <Link to="/w/$workspace/missing" params={params} className={classes.item}>
          <Face icon={IconPhotoExclamation} label={m.nav.missing} badge={m.nav.missingPhotos(missing)} />
        </Link>
      )}
      <Link to="/w/$workspace/activity" params={params} className={classes.item}>
        <Face icon={IconActivity} label={m.nav.activity} />
      </Link>
      <Link to="/w/$workspace/bin" params={params} className={classes.item}>
        <Face icon={IconTrash} label={m.nav.bin} />
      </Link>
      {mayManage(workspace.role) && (
        <Link to="/w/$workspace/audit" params={params} className={classes.item}>
          <Face icon={IconHistory} label={m.nav.audit} />
        </Link>
      )}
      {mayManage(workspace.role) && (
        <Link to="/w/$workspace/members" params={params} className={classes.item}>
          <Face icon={IconUsers} label={m.nav.members} />
        </Link>
      )}
      <AccountMenu />
    </nav>
  );
}

function Face({ icon: Icon, label, badge }: { icon: TablerIcon; label: string; badge?: string | undefined }) {
  return (
    <>
      <span className={classes.icon}>
        <Icon size={22} stroke={1.6} aria-hidden />
        {badge && (
          <span className={classes.badge} title={badge}>
            <span className="visually-hidden">{badge}</span>
          </span>
        )}
      </span>
      <span className={classes.label}>{label}</span>
    </>
  );
}
