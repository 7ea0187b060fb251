/** One task after another. */

export type Mutex = <Value>(task: () => Promise<Value>) => Promise<Value>;

export function createMutex(): Mutex {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = last.then(task, task);
    last = run.catch(() => undefined);
    return run;
  };
}
