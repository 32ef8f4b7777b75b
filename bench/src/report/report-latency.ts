import { type Latency } from '../measure/latency.js';
import { type Report } from './report.js';

export function reportLatency(report: Report, latency: Latency): void {
  report.keep('latency', latency);
  report.section(`webhook → completed, ${latency.name}: ${latency.samples} at ${latency.perSecond.toFixed(0)}/s`);
  report.line('p50', `${latency.p50Ms.toFixed(1)} ms`);
  report.line('p99', `${latency.p99Ms.toFixed(1)} ms`);
  report.line('longest', `${latency.maxMs.toFixed(1)} ms`);
}
