/** Plain text tables: columns as wide as their widest cell. */

export type Align = "left" | "right";

/** `rows` are of equal length; the first is the heading. Lines without trailing spaces. */
export function formatTable(rows: readonly (readonly string[])[], aligns: readonly Align[] = []): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return aligns[column] === "right" ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}
