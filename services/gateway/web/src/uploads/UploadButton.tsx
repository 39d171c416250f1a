import { Button, Menu } from "@mantine/core";
import { IconFiles, IconFolder, IconUpload } from "@tabler/icons-react";
import { useRef } from "react";
import { m } from "../messages";
import { chosenOf, isLitter } from "./dropped";
import { useUploads } from "./UploadsContext";
import classes from "./uploads.module.css";

/** Chooses files, or a folder with all that is in it. Nothing for those who may only look. */
export function UploadButton({ size = "sm" }: { size?: string }) {
  const uploads = useUploads();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  if (!uploads) return null;

  const take = (input: HTMLInputElement) => {
    const chosen = input.files ? chosenOf(input.files) : [];
    const isWanted = (path: string) => !path.includes("/") || !isLitter(path.split("/").pop() ?? "");
    uploads.add(chosen.filter(({ path }) => isWanted(path)));
    // The same files may be chosen again.
    input.value = "";
  };

  return (
    <>
      <Menu position="bottom-end" width={220} shadow="md">
        <Menu.Target>
          <Button
            variant="default"
            size={size}
            {...(size === "sm" && { radius: "xl" })}
            className={classes.button ?? ""}
            leftSection={<IconUpload size={17} stroke={1.8} aria-hidden />}
          >
            {m.uploads.add}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconFiles size={17} stroke={1.7} aria-hidden />}
            onClick={() => files.current?.click()}
          >
            {m.uploads.chooseFiles}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconFolder size={17} stroke={1.7} aria-hidden />}
            onClick={() => folder.current?.click()}
          >
            {m.uploads.chooseFolder}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-label={m.uploads.chooseFiles}
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        aria-label={m.uploads.chooseFolder}
        onChange={(event) => take(event.currentTarget)}
        {...{ webkitdirectory: "" }}
      />
    </>
  );
}
