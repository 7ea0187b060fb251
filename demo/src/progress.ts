/** Progress of a long job: one line that is rewritten on a terminal, a line per step elsewhere. */

export type Progress = {
  /** Opens a step; the one before is finished with its time. */
  step(title: string): void;
  /** Says more about the open step. */
  update(detail: string): void;
  /** Finishes the last step. */
  done(): void;
};

export function createProgress({ stream = process.stdout }: { stream?: NodeJS.WriteStream } = {}): Progress {
  const isTerminal = stream.isTTY === true;
  let open: { title: string; detail: string; startedAt: number } | undefined;

  const line = ({ title, detail }: { title: string; detail: string }, mark: string, time: string) =>
    `  ${mark} ${title.padEnd(44)} ${detail.padEnd(56)} ${time}`;
  const seconds = (startedAt: number) => `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`;
  const draw = () => {
    if (open && isTerminal) stream.write(`\r\u001b[2K${line(open, "…", seconds(open.startedAt))}`);
  };
  const finish = () => {
    if (open) stream.write(`${isTerminal ? "\r\u001b[2K" : ""}${line(open, "✓", seconds(open.startedAt))}\n`);
    open = undefined;
  };
  return {
    step(title) {
      finish();
      open = { title, detail: "", startedAt: performance.now() };
      draw();
    },
    update(detail) {
      if (open) open.detail = detail;
      draw();
    },
    done: finish,
  };
}
