/** What is to be said of an order that holds for one page of several. */
export function SortNote({ shown, what }: { shown: boolean; what: string }) {
  if (!shown) return null;
  return (
    <p className="wharf-subtle wharf-note" role="status">
      {`The ${what} of this page are sorted, not those of the other pages.`}
    </p>
  );
}
