import { Autocomplete } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { tagsQuery } from "../api/queries";
import { useWorkspace } from "../shell/useWorkspace";

interface TagInputProps {
  label: string;
  onSubmit: (tag: string) => void;
  /** Tags that need not be offered. */
  except?: readonly string[];
  disabled?: boolean;
}

/** A field for one tag, completed from those that the library has. Enter hands it on. */
export function TagInput({ label, onSubmit, except = [], disabled }: TagInputProps) {
  const { workspace, api } = useWorkspace();
  const [text, setText] = useState("");
  const [typed] = useDebouncedValue(text.trim(), 150);
  const tags = useQuery({ ...tagsQuery(workspace.id, api, typed), enabled: typed !== "" });
  const offered = typed === "" ? [] : (tags.data ?? []).filter((tag) => !except.includes(tag));
  const submit = (tag: string) => {
    if (tag.trim() === "") return;
    setText("");
    onSubmit(tag.trim());
  };
  return (
    <Autocomplete
      size="sm"
      aria-label={label}
      placeholder={label}
      maxLength={100}
      value={text}
      data={offered}
      // What is offered was found by the server, which knows accents.
      filter={({ options }) => options}
      disabled={disabled ?? false}
      comboboxProps={{ zIndex: 420, withinPortal: false, position: "bottom-start" }}
      onChange={setText}
      onOptionSubmit={(tag) => {
        submit(tag);
        // Mantine writes the chosen option into the field afterwards.
        queueMicrotask(() => setText(""));
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && !event.defaultPrevented) {
          const hasChosen = event.currentTarget.getAttribute("aria-activedescendant");
          if (hasChosen) return;
          event.preventDefault();
          submit(text);
        }
        if (event.key === "Escape" && text !== "") {
          event.stopPropagation();
          setText("");
        }
      }}
    />
  );
}
