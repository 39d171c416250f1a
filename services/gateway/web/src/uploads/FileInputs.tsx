import type { RefObject } from "react";
import { m } from "../messages";
import { type Chosen, chosenOf, isLitter } from "./dropped";
import type { Choice } from "./UploadsContext";

export type Inputs = Record<Choice, RefObject<HTMLInputElement | null>>;

interface FileInputsProps {
  inputs: Inputs;
  onFiles: (chosen: readonly Chosen[]) => void;
}

/**
 * What the browser asks for files with. Buttons come and go while a person chooses, and with them what was chosen: these
 * stay.
 */
export function FileInputs({ inputs, onFiles }: FileInputsProps) {
  const take = (input: HTMLInputElement) => {
    const chosen = input.files ? chosenOf(input.files) : [];
    const isWanted = (path: string) => !path.includes("/") || !isLitter(path.split("/").pop() ?? "");
    onFiles(chosen.filter(({ path }) => isWanted(path)));
    // The same files may be chosen again.
    input.value = "";
  };
  return (
    <>
      <input
        ref={inputs.files}
        type="file"
        multiple
        hidden
        aria-label={m.uploads.chooseFiles}
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={inputs.folder}
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
