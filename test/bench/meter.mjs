// Preloaded into a process that is measured (`node --import`): writes what it uses to the file that the environment
// names, one line of JSON a second, and profiles itself between two seconds where it is asked to.
import { appendFileSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { monitorEventLoopDelay, PerformanceObserver, performance } from 'node:perf_hooks';
import { env, cpuUsage, memoryUsage } from 'node:process';

const file = env.SWITCHOVER_METER_FILE;
// The resolution is part of every value that it tells.
const resolutionMs = 5;
const delay = monitorEventLoopDelay({ resolution: resolutionMs });
delay.enable();
let collectedMs = 0;
new PerformanceObserver((list) => {
  collectedMs += list.getEntries().reduce((sum, it) => sum + it.duration, 0);
}).observe({ entryTypes: ['gc'] });

if (file !== undefined) {
  setInterval(() => {
    const { user, system } = cpuUsage();
    const line = {
      at: performance.now(),
      cpuMs: (user + system) / 1000,
      residentMb: memoryUsage.rss() / 1024 / 1024,
      stallMs: Math.max(0, delay.max / 1e6 - resolutionMs),
      collectedMs,
    };
    delay.reset();
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  }, 1000).unref();
}

const [from, to] = (env.SWITCHOVER_METER_PROFILE ?? '').split('-').map(Number);
if (file !== undefined && to > from) {
  setTimeout(async () => {
    const session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 500 });
    await session.post('Profiler.start');
    setTimeout(
      async () => {
        const { profile } = await session.post('Profiler.stop');
        writeFileSync(`${file}.cpuprofile`, JSON.stringify(profile));
        session.disconnect();
      },
      (to - from) * 1000,
    ).unref();
  }, from * 1000).unref();
}
