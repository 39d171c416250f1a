import { Button, Menu } from "@mantine/core";
import { IconFiles, IconFolder, IconUpload } from "@tabler/icons-react";
import { m } from "../messages";
import { useUploads } from "./UploadsContext";
import classes from "./uploads.module.css";

/** Chooses files, or a folder with all that is in it. Nothing for those who may only look. */
export function UploadButton({ size = "sm" }: { size?: string }) {
  const uploads = useUploads();
  if (!uploads) return null;

  return (
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
          onClick={() => uploads.choose("files")}
        >
          {m.uploads.chooseFiles}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconFolder size={17} stroke={1.7} aria-hidden />}
          onClick={() => uploads.choose("folder")}
        >
          {m.uploads.chooseFolder}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
