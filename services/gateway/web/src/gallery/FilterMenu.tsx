import { Button, Popover, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconAdjustmentsHorizontal, IconCheck, IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { facetsQuery } from "../api/queries";
import type { AssetFilter, Facets } from "../api/types";
import { m, number } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import { choices, FACETS, type FacetKey } from "./facets";
import classes from "./header.module.css";

interface FilterMenuProps {
  filter: AssetFilter;
  onChange: (change: Partial<AssetFilter>) => void;
}

export function FilterMenu({ filter, onChange }: FilterMenuProps) {
  const { workspace, api } = useWorkspace();
  const [isOpen, setOpen] = useState(false);
  const [facet, setFacet] = useState<FacetKey | null>(null);
  const facets = useQuery({ ...facetsQuery(workspace.id, api), enabled: isOpen });
  const toggle = (open: boolean) => {
    setOpen(open);
    if (open) setFacet(null);
  };

  return (
    <Popover
      opened={isOpen}
      onChange={toggle}
      position="bottom-end"
      width={300}
      shadow="md"
      radius="lg"
      trapFocus
    >
      <Popover.Target>
        <Button
          variant="default"
          radius="xl"
          leftSection={<IconAdjustmentsHorizontal size={17} stroke={1.8} aria-hidden />}
          onClick={() => toggle(!isOpen)}
        >
          {m.library.addFilter}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={8} aria-label={m.library.filters}>
        {facet === null ? (
          FACETS.map((one) => (
            <UnstyledButton key={one} className={classes.choice} onClick={() => setFacet(one)}>
              <span>{m.library.facet[one]}</span>
              <IconChevronRight size={16} stroke={1.8} aria-hidden />
            </UnstyledButton>
          ))
        ) : (
          <FacetChoices
            key={facet}
            facet={facet}
            facets={facets.data}
            filter={filter}
            onBack={() => setFacet(null)}
            onChoose={(change) => {
              onChange(change);
              if (facet !== "tag") toggle(false);
            }}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

interface FacetChoicesProps {
  facet: FacetKey;
  facets: Facets | undefined;
  filter: AssetFilter;
  onBack: () => void;
  onChoose: (change: Partial<AssetFilter>) => void;
}

/** Beyond this many choices a field to find one appears. */
const MANY = 8;

function FacetChoices({ facet, facets, filter, onBack, onChoose }: FacetChoicesProps) {
  const [text, setText] = useState("");
  const all = facets ? choices(facet, facets, filter) : [];
  const found = all.filter(({ label }) => label.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <>
      <UnstyledButton className={classes.choice} onClick={onBack} aria-label={m.common.back}>
        <IconChevronLeft size={16} stroke={1.8} aria-hidden />
        <span>
          <b>{m.library.facet[facet]}</b>
        </span>
      </UnstyledButton>
      {all.length > MANY && (
        <TextInput
          my={6}
          aria-label={m.library.findIn(m.library.facet[facet])}
          placeholder={m.library.findIn(m.library.facet[facet])}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      <div className={classes.choices}>
        {found.map(({ label, count, isChosen, change }) => (
          <UnstyledButton
            key={label}
            className={classes.choice}
            aria-pressed={isChosen}
            onClick={() => onChoose(change)}
          >
            <span>{label}</span>
            {isChosen && <IconCheck size={16} aria-hidden />}
            <small className="num">{number(count)}</small>
          </UnstyledButton>
        ))}
        {facets && found.length === 0 && (
          <Text size="sm" c="dimmed" p={10}>
            {m.library.nothingToChoose}
          </Text>
        )}
      </div>
    </>
  );
}
