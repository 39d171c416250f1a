import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { ApiError } from "../api/client";
import { namePreviewQuery } from "../api/queries";
import type { NamePreview } from "../api/types";
import { m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import classes from "./delivery.module.css";
import { DEFAULT_PATTERN, exampleFiles, insertAt, labelled, PLACEHOLDERS } from "./names";

interface NameFieldsProps {
  pattern: string;
  prefix: string;
  /** What the gateway found wrong when it was saved. */
  errors: Record<string, string>;
  onPattern: (pattern: string) => void;
  onPrefix: (prefix: string) => void;
}

/** A pattern and a folder, with the names that come of them while they are typed. */
export function NameFields({ pattern, prefix, errors, onPattern, onPrefix }: NameFieldsProps) {
  const { workspace, api } = useWorkspace();
  const field = useRef<HTMLInputElement>(null);
  const [typed] = useDebouncedValue(pattern, 250);
  const [typedPrefix] = useDebouncedValue(prefix, 250);
  const query = useQuery(namePreviewQuery(workspace.id, api, typed, typedPrefix, exampleFiles));
  const words = m.delivery.settings;
  const wrong = query.error instanceof ApiError ? query.error.fields.pattern : undefined;

  const insert = (placeholder: string) => {
    const input = field.current;
    const start = input?.selectionStart ?? pattern.length;
    onPattern(insertAt(pattern, start, input?.selectionEnd ?? start, placeholder));
    // Behind what was put in, once it is there.
    const cursor = start + placeholder.length + 2;
    requestAnimationFrame(() => {
      input?.focus();
      input?.setSelectionRange(cursor, cursor);
    });
  };

  return (
    <>
      <TextInput
        ref={field}
        label={words.pattern}
        description={words.patternHint}
        placeholder={DEFAULT_PATTERN}
        autoComplete="off"
        spellCheck={false}
        value={pattern}
        error={wrong ?? errors["delivery.file_name_pattern"]}
        onChange={(event) => onPattern(event.currentTarget.value)}
      />
      <div className={classes.chips}>
        {PLACEHOLDERS.map((placeholder) => (
          <Button
            key={placeholder}
            size="compact-xs"
            variant="default"
            title={words.placeholders[placeholder]}
            aria-label={`${words.insert(placeholder)}: ${words.placeholders[placeholder]}`}
            onClick={() => insert(placeholder)}
          >
            {`{${placeholder}}`}
          </Button>
        ))}
      </div>
      <TextInput
        label={words.prefix}
        description={words.prefixHint}
        autoComplete="off"
        spellCheck={false}
        value={prefix}
        error={errors["delivery.path_prefix"]}
        onChange={(event) => onPrefix(event.currentTarget.value)}
      />
      {query.data && !wrong && <Preview preview={query.data} isStale={query.isPlaceholderData} />}
    </>
  );
}

function Preview({ preview, isStale }: { preview: NamePreview; isStale: boolean }) {
  const words = m.delivery.settings;
  return (
    <table className={classes.preview} data-stale={isStale || undefined}>
      <caption>{words.preview}</caption>
      <thead>
        <tr>
          <th scope="col">{words.previewOf}</th>
          <th scope="col">{words.previewPath}</th>
        </tr>
      </thead>
      <tbody>
        {labelled(preview.files).map(({ label, name }) => (
          <tr key={label}>
            <td>{label}</td>
            <td>
              <code>{name.path}</code>
              {name.collides && (
                <span className={classes.collides}>
                  <IconAlertTriangle size={14} stroke={1.8} aria-hidden />
                  {words.collides}
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
