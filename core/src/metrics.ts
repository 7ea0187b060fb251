/** Prometheus metrics of one process: every name is `weighlock_<noun>_<unit>`. */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { PRODUCT } from "./product.ts";

type MetricOptions<Label extends string> = {
  /** Without the prefix: `windows_executed_total`. */
  name: string;
  help: string;
  labels?: readonly Label[];
};

export type Metrics = {
  registry: Registry;
  counter<Label extends string = never>(options: MetricOptions<Label>): Counter<Label>;
  gauge<Label extends string = never>(options: MetricOptions<Label>): Gauge<Label>;
  histogram<Label extends string = never>(
    options: MetricOptions<Label> & { /** Upper bounds, in the metric's unit. */ buckets: number[] },
  ): Histogram<Label>;
};

/** The same name and type again gives the metric made before, so modules need not share handles. */
export function createMetrics({ service }: { service: string }): Metrics {
  const prefix = `${PRODUCT.slug}_`;
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, prefix });

  const options = <Label extends string>({ name, help, labels = [] }: MetricOptions<Label>) => ({
    name: `${prefix}${name}`,
    help,
    labelNames: labels,
    registers: [registry],
  });
  const known = (name: string) => registry.getSingleMetric(`${prefix}${name}`) as unknown;

  return {
    registry,
    counter: <Label extends string>(metric: MetricOptions<Label>) =>
      (known(metric.name) as Counter<Label> | undefined) ?? new Counter<Label>(options(metric)),
    gauge: <Label extends string>(metric: MetricOptions<Label>) =>
      (known(metric.name) as Gauge<Label> | undefined) ?? new Gauge<Label>(options(metric)),
    histogram: <Label extends string>(metric: MetricOptions<Label> & { buckets: number[] }) =>
      (known(metric.name) as Histogram<Label> | undefined) ??
      new Histogram<Label>({ ...options(metric), buckets: metric.buckets }),
  };
}
