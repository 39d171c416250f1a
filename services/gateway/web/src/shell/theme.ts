import {
  Button,
  createTheme,
  Drawer,
  type MantineColorsTuple,
  Menu,
  Modal,
  Paper,
  TextInput,
} from "@mantine/core";

import { closeButtonProps } from "../lib/notify";

const harbour: MantineColorsTuple = [
  "#e8f5f6",
  "#d3e8ea",
  "#a8d1d5",
  "#79b9bf",
  "#53a4ac",
  "#3a979f",
  "#2a8089",
  "#14616b",
  "#0d525b",
  "#06434b",
];

const dark: MantineColorsTuple = [
  "#d9dcdd",
  "#b3b9bb",
  "#929a9d",
  "#6b7376",
  "#3f4649",
  "#2c3235",
  "#202527",
  "#171b1c",
  "#101213",
  "#0a0c0d",
];

export const theme = createTheme({
  primaryColor: "harbour",
  primaryShade: { light: 7, dark: 6 },
  colors: { harbour, dark },
  fontFamily: "'Hanken Grotesk Variable', ui-sans-serif, system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.625rem", lineHeight: "1.2" },
      h2: { fontSize: "1.25rem", lineHeight: "1.3" },
      h3: { fontSize: "1rem", lineHeight: "1.4" },
    },
  },
  defaultRadius: "md",
  radius: { md: "10px", lg: "14px" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: "sm" }, styles: { label: { fontWeight: 550 } } }),
    Paper: Paper.extend({ defaultProps: { radius: "lg" } }),
    Drawer: Drawer.extend({
      styles: { title: { fontSize: "1.0625rem", fontWeight: 600 } },
      defaultProps: { closeButtonProps },
    }),
    Modal: Modal.extend({
      styles: { title: { fontSize: "1.0625rem", fontWeight: 600 } },
      defaultProps: {
        centered: true,
        radius: "lg",
        overlayProps: { backgroundOpacity: 0.45 },
        closeButtonProps,
      },
    }),
    // The placeholder is an element that a menu must not contain.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    TextInput: TextInput.extend({ defaultProps: { size: "sm" } }),
  },
});
