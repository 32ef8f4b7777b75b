import { type PeerRun } from '../peers/measure-peer.js';
import { type Report } from './report.js';

export function reportPeer(report: Report, runs: readonly PeerRun[]): void {
  for (const run of runs) {
    report.keep('peer', run);
    report.rate(`${run.peer}, ${run.mode}`, run.jobsPerSecond);
    report.section(`${run.peer}, ${run.mode} (${run.settings})`);
    report.line('jobs/s', `${run.jobsPerSecond.toFixed(0)} (${run.jobs} in ${run.seconds.toFixed(1)} s)`);
    for (const [name, used] of Object.entries(run.cpuPerJob)) report.line(`CPU µs per job: ${name}`, used.toFixed(0));
    const total = Object.values(run.cpuPerJob).reduce((sum, used) => sum + used, 0);
    report.line('CPU µs per job: all', total.toFixed(0));
  }
}
