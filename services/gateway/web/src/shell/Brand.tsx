/** Stowed things: four pictures fitted into a square. */
export function BrandMark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#14616b" />
      <path d="M7 8.5h8.2v6.2H7zM17 8.5h8v9.7h-8zM7 16.5h8.2v7H7zM17 20h8v3.5h-8z" fill="#fff" />
    </svg>
  );
}
