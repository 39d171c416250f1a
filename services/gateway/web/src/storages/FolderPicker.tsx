import { Input, UnstyledButton } from "@mantine/core";
import { IconArrowUp, IconChevronRight, IconFolder } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import classes from "./picker.module.css";

interface FolderPickerProps {
  value: string;
  error?: string | undefined;
  onChange: (folder: string) => void;
}

/** Walks the server's folders, within what its operator allows. The folder that is open is the chosen one. */
export function FolderPicker({ value, error, onChange }: FolderPickerProps) {
  const { workspace, api } = useWorkspace();
  const [at, setAt] = useState<string | undefined>(value || undefined);
  const top = useQuery({
    queryKey: [workspace.id, "server-folders", ""],
    queryFn: () => api.storages.serverFolders(),
  });
  const roots = top.data?.allowed_roots ?? [];
  // With one allowed root there is nothing to choose at the top: begin inside it.
  const only = roots.length === 1 ? roots[0] : undefined;
  const shownPath = at ?? only;
  const folders = useQuery({
    queryKey: [workspace.id, "server-folders", shownPath ?? ""],
    queryFn: () => api.storages.serverFolders(shownPath),
    enabled: shownPath !== undefined || top.isSuccess,
    placeholderData: (old) => old,
  });
  const isAtTop = at === undefined;
  const list = shownPath === undefined ? roots.map((path) => ({ name: path, path })) : folders.data?.folders;
  const failure = top.error ?? folders.error;
  const open = (path: string | undefined) => {
    setAt(path);
    onChange(path ?? "");
  };
  const openParent = () => {
    const parent = folders.data?.parent;
    const isRoot = at !== undefined && roots.includes(at);
    open(isRoot || !parent ? undefined : parent);
  };

  return (
    <Input.Wrapper label={m.connect.folder} description={m.connect.folderHint} error={error} withAsterisk>
      {top.data && roots.length === 0 ? (
        <div className={classes.alert}>
          <Note tone="warn">{m.connect.noRoots}</Note>
        </div>
      ) : (
        <div className={classes.picker} data-error={error ? true : undefined}>
          <div className={classes.current}>
            <IconFolder size={18} stroke={1.7} aria-hidden />
            {shownPath ? (
              <code>{shownPath}</code>
            ) : (
              <span className={classes.hint}>{m.connect.chooseBelow}</span>
            )}
            {isAtTop && only ? (
              <UnstyledButton className={classes.choose} onClick={() => open(only)}>
                {m.connect.chooseFolder}
              </UnstyledButton>
            ) : (
              at && <span className={classes.chosen}>{m.connect.chosenFolder}</span>
            )}
          </div>
          <ul className={classes.list} aria-label={m.connect.folderList}>
            {at !== undefined && at !== only && (
              <li>
                <UnstyledButton className={classes.row} onClick={openParent}>
                  <IconArrowUp size={17} stroke={1.7} aria-hidden />
                  <span>{m.connect.parentFolder}</span>
                </UnstyledButton>
              </li>
            )}
            {list?.map(({ name, path }) => (
              <li key={path}>
                <UnstyledButton className={classes.row} onClick={() => open(path)}>
                  <IconFolder size={17} stroke={1.7} aria-hidden />
                  <span>{name}</span>
                  <IconChevronRight size={15} stroke={1.7} aria-hidden />
                </UnstyledButton>
              </li>
            ))}
            {list?.length === 0 && <li className={classes.none}>{m.connect.noFolders}</li>}
            {failure && <li className={classes.none}>{errorText(failure)}</li>}
          </ul>
        </div>
      )}
    </Input.Wrapper>
  );
}
