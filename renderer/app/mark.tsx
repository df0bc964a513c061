/** The mark of `build/icons/mark.svg`, in the accent of the theme. */
export function Mark() {
  return (
    <svg
      width={20}
      height={20}
      viewBox="0 0 16 16"
      fill="none"
      stroke="var(--om-accent)"
      strokeWidth={2}
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M1.5 3h.6C6 3 5.4 8 9.3 8h5.2M1.5 13h.6C6 13 5.4 8 9.3 8" />
    </svg>
  );
}
