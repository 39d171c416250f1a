import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { membersQuery } from "../api/queries";
import type { Storage } from "../api/types";
import { m } from "../messages";
import { mayManage } from "../people/roles";
import { useWorkspace } from "../shell/useWorkspace";
import { useStorageActions } from "./useStorageActions";

const SYSTEM = "";

/** Under whom new files come into the library; chosen at once, beside what the form saves. */
export function ImportUserSelect({ storage }: { storage: Storage }) {
  const { workspace, api } = useWorkspace();
  const { setImportUser } = useStorageActions(storage);
  const members = useQuery(membersQuery(workspace.id, api)).data ?? [];
  const named = storage.import_user;
  const able = members.filter((member) => mayManage(member.role));
  const people = able.map((member) => ({ value: member.user_id, label: member.name }));
  if (named && !able.some((member) => member.user_id === named.id))
    people.push({ value: named.id, label: m.importUser.lostName(named.name) });
  return (
    <Select
      label={m.importUser.label}
      description={m.importUser.hint}
      data={[{ value: SYSTEM, label: m.importUser.system }, ...people]}
      value={named?.id ?? SYSTEM}
      allowDeselect={false}
      disabled={setImportUser.isPending}
      onChange={(user) => setImportUser.mutate(user || null)}
    />
  );
}
